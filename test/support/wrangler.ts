/**
 * Stands in for wrangler and the Cloudflare account behind it, run as a program: what the commands that deploying uses
 * take, answer and refuse, as wrangler 4.156 does. The account is the JSON file that CLOUDFLARE_STAND_IN names.
 */

import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Account {
  accounts: { id: string; name: string }[]
  databases: { uuid: string; name: string; location?: string }[]
  namespaces: { id: string; title: string }[]
  buckets: string[]
  workers: Record<string, { secrets: Record<string, string>; copiesId: string; versions: number }>
  /** By database. */
  migrated: string[]
  /** In the database. */
  users: number
  /** Where what is deployed answers. */
  address: string
  /** The command that fails this once, before or after it has done its work. */
  fails?: { command: string; when: 'before' | 'after' }
  calls: { command: string; args: string[]; secretsFileMode?: number }[]
}

export const PROGRAM = import.meta.filename

interface Config {
  name?: string
  d1_databases: { database_name: string }[]
  kv_namespaces: { binding: string; id?: string }[]
  r2_buckets: { bucket_name: string }[]
  secrets: { required: string[] }
}

class Refused extends Error {}

function run(account: Account, args: string[]): void {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      command: { type: 'string' },
      config: { type: 'string' },
      env: { type: 'string' },
      format: { type: 'string' },
      json: { type: 'boolean' },
      location: { type: 'string' },
      message: { type: 'string' },
      remote: { type: 'boolean' },
      'secrets-file': { type: 'string' },
      tag: { type: 'string' },
    },
  })
  const command = Object.keys(COMMANDS).find((name) => positionals.join(' ').startsWith(name)) ?? ''
  const secretsFile = values['secrets-file']
  account.calls.push({
    command,
    args,
    ...(secretsFile === undefined ? {} : { secretsFileMode: statSync(secretsFile).mode & 0o777 }),
  })
  const { fails } = account
  if (fails?.command === command) delete account.fails
  if (fails?.command === command && fails.when === 'before') refuse(`${command} did not work today.`)
  COMMANDS[command]?.({ account, positionals, values })
  if (fails?.command === command) refuse(`${command} ended badly.`)
}

interface Call {
  readonly account: Account
  readonly positionals: readonly string[]
  readonly values: {
    config?: string
    env?: string
    location?: string
    'secrets-file'?: string
  }
}

const COMMANDS: Record<string, (call: Call) => void> = {
  whoami({ account: { accounts } }) {
    if (accounts.length === 0) refuse(JSON.stringify({ loggedIn: false }))
    answer({ loggedIn: true, authType: 'OAuth Token', email: 'you@example.com', accounts })
  },
  'secret list'({ account, values }) {
    const { name = '' } = read(values)
    const found = account.workers[name]
    const environment = values.env ? ` (env: ${values.env})` : ''
    if (found === undefined)
      refuse(`✘ [ERROR] Worker "${name}"${environment} not found.\n\nIf this is a new …`)
    answer(Object.keys(found.secrets).map((one) => ({ name: one, type: 'secret_text' })))
  },
  'd1 list'({ account: { databases } }) {
    answer(databases.map(({ uuid, name }) => ({ uuid, name, version: 'production' })))
  },
  'd1 create'({ account: { databases }, positionals: [, , name = ''], values: { location } }) {
    if (databases.some((one) => one.name === name)) refuse('A database with that name already exists')
    databases.push({ uuid: `uuid-of-${name}`, name, ...(location === undefined ? {} : { location }) })
  },
  'd1 migrations apply'({ account, values }) {
    const name = findDatabase(account, values)
    if (!account.migrated.includes(name)) account.migrated.push(name)
  },
  'd1 execute'({ account, values }) {
    if (!account.migrated.includes(findDatabase(account, values))) refuse('no such table: accounts')
    answer([{ results: [{ accounts: account.users }], success: true, meta: {} }])
  },
  'kv namespace list'({ account: { namespaces } }) {
    answer(namespaces)
  },
  'kv namespace create'({ account, positionals: [, , , name = ''], values: { env } }) {
    createNamespace(account, env ? `${env}-${name}` : name)
  },
  deploy({ account, values }) {
    const { config = '', env = '' } = values
    const target = read(values)
    const worker = process.env.WRANGLER_CI_OVERRIDE_NAME ?? target.name ?? ''
    const known = account.workers[worker]
    const file = values['secrets-file']
    const secrets =
      file === undefined ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
    const missing = target.secrets.required.filter(
      (one) => !(one in secrets) && !(one in (known?.secrets ?? {})),
    )
    if (missing.length > 0) refuse(`The following required secrets have not been set: ${missing}`)
    findDatabase(account, values)
    const id = target.kv_namespaces[0]?.id
    if (id !== undefined && !account.namespaces.some((one) => one.id === id)) refuse('KV namespace not found')
    for (const { bucket_name } of target.r2_buckets) {
      if (!account.buckets.includes(bucket_name)) account.buckets.push(bucket_name)
    }
    const copiesId = id ?? known?.copiesId ?? createNamespace(account, `${worker}-copies`)
    const versions = (known?.versions ?? 0) + 1
    account.workers[worker] = { secrets: { ...known?.secrets, ...secrets }, copiesId, versions }
    const entry = {
      type: 'deploy',
      version: 1,
      worker_name: worker,
      version_id: `version-${versions}`,
      targets: [account.address, 'schedule: 23 * * * *'],
      wrangler_environment: env,
      config,
    }
    appendFileSync(
      process.env.WRANGLER_OUTPUT_FILE_PATH ?? '',
      `{"type":"wrangler-session"}\n${JSON.stringify(entry)}\n`,
    )
  },
}

/** Comments have lines of their own in wrangler.jsonc. Nothing that is a binding is inherited by an environment. */
function read({ config = '', env = '' }: Call['values']): Config {
  const whole = JSON.parse(readFileSync(config, 'utf8').replace(/^\s*\/\/.*$/gm, '')) as Config & {
    env: Record<string, Config>
  }
  const place = env === '' ? whole : whole.env[env]
  if (place === undefined) refuse(`No environment found in configuration with name "${env}".`)
  return { ...place, name: place.name ?? `${whole.name}-${env}` }
}

function findDatabase({ databases }: Account, values: Call['values']): string {
  const name = read(values).d1_databases[0]?.database_name ?? ''
  if (!databases.some((one) => one.name === name)) refuse(`Couldn't find a D1 DB named '${name}'`)
  return name
}

function createNamespace({ namespaces }: Account, title: string): string {
  if (namespaces.some((one) => one.title === title))
    refuse(`A KV namespace with the title "${title}" already exists.`)
  const id = `${namespaces.length + 1}`.repeat(32)
  namespaces.push({ id, title })
  return id
}

const answer = (value: unknown): void => console.log(JSON.stringify(value, null, 2))

function refuse(reason: string): never {
  throw new Refused(reason)
}

if (resolve(process.argv[1] ?? '') === PROGRAM) {
  const file = process.env.CLOUDFLARE_STAND_IN ?? ''
  const account = JSON.parse(readFileSync(file, 'utf8')) as Account
  try {
    run(account, process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    console.error(error.message)
    process.exitCode = 1
  } finally {
    writeFileSync(file, JSON.stringify(account))
  }
}
