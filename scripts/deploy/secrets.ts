/** The secrets a worker must have, which are drawn here when it has none, and never drawn twice. */

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WranglerFailure } from '../wrangler.ts'
import { type Ask, Refusal } from './ask.ts'
import type { Target } from './target.ts'

export type Secrets = Readonly<Record<string, string>>

/**
 * @returns names; none when there is no such worker yet
 * @throws {WranglerFailure} when it cannot be known: a key drawn in the place of one that is there locks everybody out
 */
export async function listSecrets(ask: Ask, { worker }: Target): Promise<string[]> {
  try {
    const listed = await ask('secret list --format json')
    return (JSON.parse(listed) as { name: string }[]).map(({ name }) => name)
  } catch (error) {
    const unknown = new RegExp(`Worker "${worker}"( \\(env: \\S+\\))? not found`)
    if (error instanceof WranglerFailure && unknown.test(error.output)) return []
    throw error
  }
}

/** What `worker/settings.ts` asks of them. */
const SHAPES = {
  MASTER_KEY: { pattern: /^[A-Za-z0-9+/]{43}=$/, says: '32 bytes in base64' },
  SETUP_TOKEN: { pattern: /^.{16,}$/, says: '16 characters or more' },
}

/**
 * What the worker lacks: as the environment gives it, or drawn. The set-up token is drawn only where somebody can read
 * it: a build's log is no place for it.
 *
 * @param has names
 * @throws {Refusal} when the environment gives what the worker would not take
 */
export function drawSecrets(has: readonly string[], env: NodeJS.ProcessEnv): Secrets {
  const drawn = {
    MASTER_KEY: randomBytes(32).toString('base64'),
    SETUP_TOKEN: env.CI ? undefined : randomBytes(16).toString('hex'),
  }
  const secrets: Record<string, string> = {}
  for (const name of ['MASTER_KEY', 'SETUP_TOKEN'] as const) {
    const secret = env[name] ?? drawn[name]
    if (secret === undefined || has.includes(name)) continue
    if (!SHAPES[name].pattern.test(secret)) throw new Refusal(`${name} must be ${SHAPES[name].says}.`)
    secrets[name] = secret
  }
  return secrets
}

/** Hands secrets to wrangler in a file that nobody else can read and that is gone afterwards: others see arguments. */
export async function withSecretsFile<T>(
  secrets: Secrets,
  use: (args: readonly string[]) => Promise<T>,
): Promise<T> {
  if (Object.keys(secrets).length === 0) return use([])
  const folder = await mkdtemp(join(tmpdir(), 'postern-deploy-'))
  // Ctrl-C ends wrangler too; then there is still this file to be taken away.
  const stay = () => {}
  process.once('SIGINT', stay)
  try {
    const file = join(folder, 'secrets.json')
    // JSON: in the other form that wrangler reads, a $ would mean something.
    await writeFile(file, JSON.stringify(secrets), { mode: 0o600 })
    return await use(['--secrets-file', file])
  } finally {
    await rm(folder, { recursive: true })
    process.off('SIGINT', stay)
  }
}
