/**
 * Deploys to a Cloudflare account. Each step finds what an earlier run has done and goes on from there, so after a
 * failure the whole is simply run again.
 *
 * The order is the point: nothing is changed before it is known which secrets the worker has, the database is ready
 * before code that needs it, and secrets come with a version or not at all.
 */

import { rm } from 'node:fs/promises'
import type { Wrangler } from '../wrangler.ts'
import { requireAccount } from './account.ts'
import type { Ask } from './ask.ts'
import { applyMigrations, ensureCopies, ensureDatabase, requireNoAccounts } from './resources.ts'
import { drawSecrets, listSecrets } from './secrets.ts'
import { checkWorker, type Patience } from './smoke.ts'
import { type Target, writeConfig } from './target.ts'
import { upload } from './upload.ts'

export interface Deployment {
  readonly target: Target
  readonly wrangler: Wrangler
  /** Of Postern: the tag of the version at Cloudflare. */
  readonly release: string
  /** Where a new database should lie: a hint of D1's, such as `weur`. */
  readonly location: string | undefined
  readonly patience: Patience
  readonly env: NodeJS.ProcessEnv
  readonly say: (line: string) => void
}

/**
 * @throws {Refusal} when the administrator has to do something first; the message says what
 * @throws {WranglerFailure}
 */
export async function deploy(deployment: Deployment): Promise<void> {
  const { target, wrangler, env, say } = deployment
  say(`Account: ${await requireAccount(wrangler, target, env)}`)
  const config = await writeConfig(target)
  const ask: Ask = (command, { more = [], environment = target.environment, report } = {}) =>
    wrangler(
      [...command.split(' '), ...more, '--config', config, '--env', environment],
      report === undefined ? {} : { WRANGLER_OUTPUT_FILE_PATH: report },
    )
  try {
    await carryOut(ask, deployment)
  } finally {
    await rm(config)
  }
}

async function carryOut(ask: Ask, { target, release, location, patience, env, say }: Deployment) {
  const has = await listSecrets(ask, target)
  const secrets = drawSecrets(has, env)
  await ensureDatabase(ask, target, location, say)
  await applyMigrations(ask)
  say('Migrations: applied')
  if (secrets.MASTER_KEY !== undefined && env.MASTER_KEY === undefined) await requireNoAccounts(ask, target)
  await writeConfig(target, await ensureCopies(ask, target, say))
  const { address, versionId } = await upload(ask, release, secrets).finally(() => {
    // Also after a failure: the version, and with it the token, may have arrived all the same.
    const isDrawn = secrets.SETUP_TOKEN !== undefined && env.SETUP_TOKEN === undefined
    if (isDrawn) say(`Set-up token, shown this once: ${secrets.SETUP_TOKEN}`)
  })
  say(`Worker: ${target.worker}, version ${versionId}`)
  if (address === undefined) {
    say('It answers under no address of its own (no workers.dev, no custom domain), so it was not checked.')
    return
  }
  const { isSetUp } = await checkWorker(address, patience)
  say(`Checked: ${address} serves`)
  const hasToken = 'SETUP_TOKEN' in secrets || has.includes('SETUP_TOKEN')
  if (!isSetUp) say(howToSetUp(address, hasToken, target))
}

function howToSetUp(address: string, hasToken: boolean, { environment }: Target): string {
  const option = environment === '' ? '' : ` --env ${environment}`
  const draw = `
  openssl rand -hex 16 | tee setup-token | npx wrangler secret put SETUP_TOKEN${option}`
  return `Nobody has set it up yet. Make the first administrator:
${hasToken ? '' : draw}
  curl ${address}/api/v1/setup -H 'Content-Type: application/json' \\
    -d '{"username":"you@example.com","password":"…","setupToken":"…"}'
`
}
