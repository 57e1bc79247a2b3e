/**
 * Deploys to a Cloudflare account. Each step finds what an earlier run has done and goes on from there, so after a
 * failure the whole is simply run again.
 *
 * The order is the point: nothing is changed before it is known which secrets the worker has, the database is ready
 * before code that needs it, and the secrets come with the first version or not at all.
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONFIG, type Wrangler, WranglerFailure } from '../wrangler.ts'
import { drawSecrets, listSecrets, type Secrets, withSecretsFile } from './secrets.ts'
import { checkWorker, type Patience } from './smoke.ts'
import { type Target, writeConfig } from './target.ts'

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

/** What the administrator has to do; the message says it. */
export class DeploymentRefused extends Error {}

export async function deploy(deployment: Deployment): Promise<void> {
  const { target, wrangler, env, say } = deployment
  await requireAccount(deployment)
  const has = await listSecrets(wrangler, target.worker)
  const secrets = drawSecrets(has, env)
  await ensureDatabase(deployment)
  await wrangler(['d1', 'migrations', 'apply', 'DB', '--remote', ...target.flags])
  say('Migrations: applied')
  if (secrets.MASTER_KEY !== undefined && env.MASTER_KEY === undefined) await requireNoAccounts(deployment)
  const config = await writeConfig(target, target.copies.id ?? (await ensureCopies(deployment)))
  try {
    const { address, versionId } = await upload(deployment, config, secrets)
    say(`Worker: ${target.worker}, version ${versionId}`)
    if (address === undefined) {
      say('It answers under no address of its own (no workers.dev, no custom domain), so it was not checked.')
      return
    }
    const { isSetUp } = await checkWorker(address, deployment.patience)
    say(`Checked: ${address} serves`)
    if (!isSetUp) say(howToSetUp(address, has.includes('SETUP_TOKEN') || secrets.SETUP_TOKEN !== undefined))
  } finally {
    await rm(config)
    // Also after a failure: the version, and with it the token, may have arrived all the same.
    if (secrets.SETUP_TOKEN !== undefined && env.SETUP_TOKEN === undefined) {
      say(`SETUP_TOKEN, shown this once: ${secrets.SETUP_TOKEN}`)
    }
  }
}

async function requireAccount({ wrangler, target, env, say }: Deployment): Promise<void> {
  const asked = await wrangler(['whoami', '--json']).catch((error: unknown) => {
    if (error instanceof WranglerFailure && /"loggedIn":\s*false/.test(error.output)) {
      throw new DeploymentRefused(
        'wrangler is not signed in. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token that may edit Workers scripts, D1, KV and R2.',
      )
    }
    throw error
  })
  const { accounts } = JSON.parse(asked) as { accounts: readonly { id: string; name: string }[] }
  const id =
    target.accountId ?? env.CLOUDFLARE_ACCOUNT_ID ?? (accounts.length === 1 ? accounts[0]?.id : undefined)
  if (id === undefined) {
    const list = accounts.map((account) => `  ${account.id}  ${account.name}`).join('\n')
    throw new DeploymentRefused(`Set CLOUDFLARE_ACCOUNT_ID to the account to deploy to:\n${list}`)
  }
  say(`Account: ${accounts.find((account) => account.id === id)?.name ?? id}`)
}

/** Before the migrations, which wrangler finds it for by its name; its place is chosen once and for ever. */
async function ensureDatabase({ wrangler, target, location, say }: Deployment): Promise<void> {
  const { name, id } = target.database
  const databases = JSON.parse(await wrangler(['d1', 'list', '--json', ...target.flags])) as {
    uuid: string
    name: string
  }[]
  if (databases.some((one) => one.uuid === id || one.name === name)) return say(`Database: ${name}`)
  if (id !== undefined)
    throw new DeploymentRefused(`The account has no database ${id}, which wrangler.jsonc names.`)
  await wrangler([
    'd1',
    'create',
    name,
    ...(location === undefined ? [] : ['--location', location]),
    ...target.flags,
  ])
  say(`Database: ${name}, created`)
}

/** A key drawn anew for a database that is in use would lock everybody out, and for good. */
async function requireNoAccounts({ wrangler, target }: Deployment): Promise<void> {
  const query = 'SELECT count(*) AS accounts FROM accounts'
  const answer = await wrangler([
    'd1',
    'execute',
    'DB',
    '--remote',
    '--json',
    '--command',
    query,
    ...target.flags,
  ])
  const [result] = JSON.parse(answer) as { results: { accounts: number }[] }[]
  if (result?.results[0]?.accounts !== 0) {
    throw new DeploymentRefused(
      `The database ${target.database.name} has accounts, and the worker ${target.worker} has no MASTER_KEY that would know their credentials. Run this again with the one they were made under in the variable MASTER_KEY.`,
    )
  }
}

/** @returns the id of the namespace that COPIES is bound to */
async function ensureCopies({ wrangler, target, say }: Deployment): Promise<string> {
  const { title } = target.copies
  const find = async () => {
    const listed = await wrangler(['kv', 'namespace', 'list', ...target.flags])
    return (JSON.parse(listed) as { id: string; title: string }[]).find((one) => one.title === title)?.id
  }
  const found = await find()
  if (found !== undefined) return found
  // With an environment wrangler would put it before the title.
  await wrangler(['kv', 'namespace', 'create', title, '--config', CONFIG, '--env', ''])
  const created = await find()
  if (created === undefined)
    throw new Error(`The namespace ${title} was created and is not listed. Run this again.`)
  say(`Key-value namespace: ${title}, created`)
  return created
}

/** The bucket is left to wrangler, which takes it if there is one of that name. */
async function upload({ wrangler, target, release }: Deployment, config: string, secrets: Secrets) {
  const folder = await mkdtemp(join(tmpdir(), 'postern-deployed-'))
  try {
    const report = join(folder, 'report.ndjson')
    await withSecretsFile(secrets, (args) =>
      wrangler(
        [
          'deploy',
          '--tag',
          release,
          '--message',
          `Postern ${release}`,
          ...args,
          '--config',
          config,
          '--env',
          target.environment,
        ],
        { WRANGLER_OUTPUT_FILE_PATH: report },
      ),
    )
    const lines = (await readFile(report, 'utf8')).trim().split('\n')
    const entries = lines.map(
      (line) => JSON.parse(line) as { type: string; version_id?: string; targets?: string[] },
    )
    const { version_id: versionId = 'unknown', targets = [] } =
      entries.find(({ type }) => type === 'deploy') ?? {}
    return { versionId, address: findAddress(targets) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Among what wrangler lists, which are also schedules and patterns of routes; a domain of one's own comes first. */
export function findAddress(targets: readonly string[]): string | undefined {
  const [domain] = targets.flatMap((target) => /^(\S+) \(custom domain/.exec(target)?.[1] ?? [])
  return domain === undefined ? targets.find((target) => /^https?:/.test(target)) : `https://${domain}`
}

function howToSetUp(address: string, hasToken: boolean): string {
  const draw = `Give the worker a token first: openssl rand -hex 16 | tee setup-token | npx wrangler secret put SETUP_TOKEN\n`
  return `Nobody has set it up yet. ${hasToken ? '' : draw}Make the first administrator:

  curl ${address}/api/v1/setup -H 'Content-Type: application/json' \\
    -d '{"username":"you@example.com","password":"…","setupToken":"…"}'
`
}
