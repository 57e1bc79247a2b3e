/** The secrets a worker must have, which are drawn here when it has none, and never drawn twice. */

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONFIG, type Wrangler, WranglerFailure } from '../wrangler.ts'

export type Secrets = Readonly<Record<string, string>>

/**
 * @returns names; none when there is no such worker yet
 * @throws {WranglerFailure} when it cannot be known: another key in the place of one that is there locks everybody out
 */
export async function listSecrets(wrangler: Wrangler, worker: string): Promise<string[]> {
  try {
    // With an environment wrangler would append it to the name.
    const listed = await wrangler(['secret', 'list', '--name', worker, '--config', CONFIG, '--env', ''])
    return (JSON.parse(listed) as { name: string }[]).map(({ name }) => name)
  } catch (error) {
    if (error instanceof WranglerFailure && isMissing(error.output, worker)) return []
    throw error
  }
}

const isMissing = (output: string, worker: string): boolean => output.includes(`Worker "${worker}" not found`)

/**
 * What the worker lacks: as the environment gives it, or drawn. The set-up token is drawn only where somebody can read
 * it: a build's log is no place for it.
 *
 * @param has names
 */
export function drawSecrets(has: readonly string[], env: NodeJS.ProcessEnv): Secrets {
  const drawn = {
    MASTER_KEY: env.MASTER_KEY ?? randomBytes(32).toString('base64'),
    SETUP_TOKEN: env.SETUP_TOKEN ?? (env.CI ? undefined : randomBytes(16).toString('hex')),
  }
  return Object.fromEntries(
    Object.entries(drawn).filter(
      (one): one is [string, string] => one[1] !== undefined && !has.includes(one[0]),
    ),
  )
}

/** Hands secrets to wrangler in a file that nobody else can read and that is gone afterwards: others see arguments. */
export async function withSecretsFile<T>(
  secrets: Secrets,
  use: (args: readonly string[]) => Promise<T>,
): Promise<T> {
  if (Object.keys(secrets).length === 0) return use([])
  const folder = await mkdtemp(join(tmpdir(), 'postern-deploy-'))
  try {
    const file = join(folder, 'secrets.json')
    // JSON: in the other form that wrangler reads, a $ would mean something.
    await writeFile(file, JSON.stringify(secrets), { mode: 0o600 })
    return await use(['--secrets-file', file])
  } finally {
    await rm(folder, { recursive: true })
  }
}
