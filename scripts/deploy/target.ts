/** What is deployed, and under which names: an environment of wrangler.jsonc. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unstable_readConfig as readConfig, experimental_readRawConfig as readRawConfig } from 'wrangler'
import { CONFIG, ROOT } from '../wrangler.ts'

export interface Target {
  /** Empty: the one at the top of wrangler.jsonc. */
  readonly environment: string
  readonly worker: string
  readonly accountId: string | undefined
  readonly database: { readonly name: string; readonly id: string | undefined }
  readonly copies: { readonly title: string; readonly id: string | undefined }
}

/** What is read of a configuration, whose types wrangler does not bring along. */
interface Config {
  name?: string
  account_id?: string
  readonly d1_databases?: readonly { binding: string; database_name?: string; database_id?: string }[]
  kv_namespaces?: readonly { binding: string; id?: string }[]
  readonly env?: Readonly<Record<string, Config>>
}

/**
 * @param ciName what Workers Builds calls the worker, whatever wrangler.jsonc says: WRANGLER_CI_OVERRIDE_NAME
 * @throws {Error} when wrangler.jsonc is not valid, has no such environment or lacks a binding
 */
export function readTarget(environment: string, ciName?: string): Target {
  const config: Config = readConfig({ config: CONFIG, env: environment })
  const { name, account_id, d1_databases = [], kv_namespaces = [] } = config
  const database = d1_databases.find(({ binding }) => binding === 'DB')
  const copies = kv_namespaces.find(({ binding }) => binding === 'COPIES')
  const worker = ciName ?? name
  if (worker === undefined || database?.database_name === undefined || copies === undefined) {
    throw new Error('wrangler.jsonc must name the worker, DB with its database_name, and COPIES.')
  }
  return {
    environment,
    worker,
    accountId: account_id,
    database: { name: database.database_name, id: database.database_id },
    // As wrangler itself would call it.
    copies: { title: `${worker}-copies`, id: copies.id },
  }
}

/**
 * wrangler.jsonc as a file beside it, with what wrangler cannot be told otherwise. All commands read the same one, for
 * they must mean the same worker: its secrets would else be looked for in one and set in another.
 *
 * @param copiesId of the namespace, once it is known: wrangler creates what has no id, but a namespace that a failed run
 *   has left behind it refuses to create
 * @returns its path
 */
export async function writeConfig(
  { environment, worker, accountId }: Target,
  copiesId?: string,
): Promise<string> {
  const config: Config = readRawConfig({ config: CONFIG }).rawConfig
  const place = environment === '' ? config : config.env?.[environment]
  if (place === undefined) throw new Error(`wrangler.jsonc has no environment ${environment}.`)
  place.name = worker
  if (accountId !== undefined) config.account_id = accountId
  if (copiesId !== undefined) {
    place.kv_namespaces = (place.kv_namespaces ?? []).map((one) =>
      one.binding === 'COPIES' ? { ...one, id: copiesId } : one,
    )
  }
  const file = join(ROOT, 'wrangler.deploy.json')
  await writeFile(file, JSON.stringify(config, null, 2))
  return file
}
