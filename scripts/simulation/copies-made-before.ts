/** What lies in KV when a run begins: a sealed copy of each token's record, as some isolate made it a while ago. */

import { readFeed } from '../../worker/storage/changes.ts'
import type { Copies } from '../../worker/storage/copies.ts'
import { openDatabase } from '../../worker/storage/database.ts'
import type { TokenHolder } from '../../worker/storage/holders.ts'
import type { Keys } from '../../worker/tokens/keys.ts'
import { macOf } from '../../worker/tokens/mint.ts'
import { tokenHolder } from '../../worker/tokens/questions.ts'
import { openRecordCopies } from '../../worker/tokens/record-copies.ts'
import { ROLES, type SimulatedToken } from './population.ts'

/** By their keys. Made when they are first asked for: a million of them would fill the memory. */
export async function openCopiesMadeBefore(
  keys: Keys,
  database: D1Database,
  tokens: readonly SimulatedToken[],
): Promise<(key: string) => Promise<unknown>> {
  const byId = new Map(tokens.map((token) => [token.id, token]))
  // As the worker reads them: one of each role, by which the others are made.
  const examples = new Map<number, TokenHolder>()
  for (const { id, account } of tokens) {
    if (examples.size === ROLES) break
    if (examples.has(account % ROLES)) continue
    const db = openDatabase(database)
    const { found } = await readFeed(db, -1, [tokenHolder(id).select()])
    examples.set(account % ROLES, found[0] as TokenHolder)
  }
  return async (key) => {
    const token = byId.get(key.slice(key.lastIndexOf(' ') + 1))
    const example = token && examples.get(token.account % ROLES)
    if (!token || !example) return undefined
    const { id, accountId } = token
    const holder: TokenHolder = {
      ...example,
      token: { ...example.token, id, accountId, ...(await macOf(keys, token.text)) },
      account: { ...example.account, id: accountId, name: accountId },
    }
    // One each: two that are asked for at once would get one another's.
    let made: unknown
    const copies: Copies = {
      get: async () => undefined,
      put: async (_, value) => {
        made = value
      },
    }
    const record = tokenHolder(id).copy?.pack(holder)
    await openRecordCopies(copies, keys.copySeal).put(`token ${id}`, { seq: 1, record })
    return made
  }
}
