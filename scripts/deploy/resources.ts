/** The database and the key-value namespace. The bucket is left to wrangler, which takes one that is there by its name. */

import { type Ask, Refusal, type Say } from './ask.ts'
import type { Target } from './target.ts'

/** Before the migrations, which wrangler would not create it for. Where it lies is chosen once and for ever. */
export async function ensureDatabase(
  ask: Ask,
  { database: { name, id } }: Target,
  location: string | undefined,
  say: Say,
): Promise<void> {
  const databases = JSON.parse(await ask('d1 list --json')) as { uuid: string; name: string }[]
  if (databases.some((one) => one.uuid === id || one.name === name)) return say(`Database: ${name}`)
  if (id !== undefined) throw new Refusal(`The account has no database ${id}, which wrangler.jsonc names.`)
  await ask(`d1 create ${name}${location === undefined ? '' : ` --location ${location}`}`)
  say(`Database: ${name}, created`)
}

export async function applyMigrations(ask: Ask): Promise<void> {
  await ask('d1 migrations apply DB --remote')
}

/**
 * For a worker without a key: one drawn anew would lock everybody out of a database that is in use, and for good.
 *
 * @throws {Refusal} when there are accounts
 */
export async function requireNoAccounts(ask: Ask, { worker, database }: Target): Promise<void> {
  const more = ['SELECT count(*) AS accounts FROM accounts']
  const answer = await ask('d1 execute DB --remote --json --command', { more })
  const [result] = JSON.parse(answer) as { results: { accounts: number }[] }[]
  if (result?.results[0]?.accounts !== 0) {
    throw new Refusal(
      `The database ${database.name} has accounts, and the worker ${worker} has no MASTER_KEY that would know their credentials. Run this again with the one they were made under in the variable MASTER_KEY.`,
    )
  }
}

/** @returns the id of the namespace that COPIES is bound to */
export async function ensureCopies(ask: Ask, { copies: { title, id } }: Target, say: Say): Promise<string> {
  const find = async () =>
    (JSON.parse(await ask('kv namespace list')) as { id: string; title: string }[]).find(
      (one) => one.title === title,
    )?.id
  const found = id ?? (await find())
  if (found !== undefined) return found
  // With an environment wrangler would put it before the title.
  await ask(`kv namespace create ${title}`, { environment: '' })
  const created = await find()
  if (created === undefined)
    throw new Refusal(`The namespace ${title} is made and not listed yet: run this again.`)
  say(`Key-value namespace: ${title}, created`)
  return created
}
