/**
 * A form that is sent twice mints once. The token's public id follows from the session and from a nonce of the form, so
 * that the second try finds the first: in the table of tokens, or in the records if it was revoked since.
 */

import { BASE62 } from '../../shared/base62.ts'
import type { Principal } from '../access/principal.ts'
import { listHistory } from '../storage/audit-logs.ts'
import type { Database } from '../storage/database.ts'
import { type Keys, utf8 } from './keys.ts'

const ID_LENGTH = 12

/** Nobody without the key can aim at an id. */
export async function idOfOnce(
  keys: Keys,
  { accountId, tokenId = '' }: Principal,
  nonce: string,
): Promise<string> {
  const text = [accountId, tokenId, nonce].join(' ')
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', keys.once, utf8(text)))
  return [...mac.subarray(0, ID_LENGTH)].map((byte) => BASE62[byte % BASE62.length]).join('')
}

export const wasMinted = async (db: Database, id: string): Promise<boolean> =>
  (await listHistory(db, id, undefined, 1)).length > 0
