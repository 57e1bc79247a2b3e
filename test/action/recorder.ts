/** A runner that keeps what it is told. */

import type { Identity } from '../../action/environment.ts'
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
  identity?: Identity,
): Recorder {
  const [lines, masks, warnings]: [string[], string[], string[]] = [[], [], []]
  const saved: Record<string, string> = {}
  return {
    lines,
    masks,
    saved,
    warnings,
    workspace: '/workspace',
    temporary: undefined,
    isTlsVerified: true,
    run: { event: 'push', graphqlUrl: '', variables: { REPOSITORY: 'acme/data' } },
    identity,
    input: (name) => inputs[name] ?? '',
    mask: (secret) => void masks.push(secret),
    redact: (text) => masks.reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
    info: (line) => void lines.push(line),
    debug: () => {},
    warning: (message) => void warnings.push(message),
    error: (message) => void lines.push(message),
    progress: () => {},
    output: () => {},
    saveState: (name, value) => void Object.assign(saved, { [name]: value }),
    readState: (name) => state[name] ?? '',
    summary: async () => {},
  }
}
