/** Runs wrangler, which never asks: what it might want to know it is told beforehand, or it fails and says so. */

import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

export const ROOT = resolve(import.meta.dirname, '..')
export const CONFIG = join(ROOT, 'wrangler.jsonc')

/**
 * @returns what it wrote to its standard output
 * @throws {WranglerFailure} when it ends with anything but 0
 */
export type Wrangler = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<string>

export class WranglerFailure extends Error {
  /** Both of what it wrote. */
  readonly output: string

  constructor(args: readonly string[], output: string) {
    super(`wrangler ${args.join(' ')} failed:\n${output}`)
    this.output = output
  }
}

/** @param program a script for Node */
export function createWrangler(
  program = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js'),
): Wrangler {
  return async (args, more = {}) => {
    const quiet = {
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_LOG: 'log',
      CI: 'true',
    }
    const env = { ...process.env, ...quiet, ...more }
    const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 }
    try {
      return (await promisify(execFile)(process.execPath, [program, ...args], options)).stdout
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      throw new WranglerFailure(args, stdout + stderr)
    }
  }
}
