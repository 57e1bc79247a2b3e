/** A runner that keeps what it is told. */

import type { Runner } from '../../action/runner.ts'

export interface Recorder extends Runner {
  readonly lines: string[]
  readonly masks: string[]
  readonly saved: Record<string, string>
  readonly warnings: string[]
}

export function createRecorder(
  inputs: Record<string, string> = {},
  state: Record<string, string> = {},
): Recorder {
  const [lines, masks, warnings]: [string[], string[], string[]] = [[], [], []]
  const saved: Record<string, string> = {}
  return {
    lines,
    masks,
    saved,
    warnings,
    workspace: '/workspace',
    isTlsVerified: true,
    describeRun: () => ({
      repository: 'acme/data',
      ref: 'refs/heads/main',
      sha: 'c0ffee',
      runUrl: 'https://github.com/acme/data',
    }),
    input: (name) => inputs[name] ?? '',
    mask: (secret) => void masks.push(secret),
    redact: (text) => masks.reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
    info: (line) => void lines.push(line),
    debug: () => {},
    warning: (message) => void warnings.push(message),
    error: (message) => void lines.push(message),
    output: () => {},
    saveState: (name, value) => void Object.assign(saved, { [name]: value }),
    readState: (name) => state[name] ?? '',
    summary: async () => {},
  }
}
