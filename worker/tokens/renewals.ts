/** Tokens moved to the MASTER_KEY of now as they are used: their text is known to nobody but who uses them. */

import { insertChanges } from '../storage/changes.ts'
import { type Database, writeOrThrow } from '../storage/database.ts'
import { type Token, updateMac } from '../storage/tokens.ts'
import type { Keys } from './keys.ts'
import { macOf } from './mint.ts'

export type RenewMac = (token: Token, text: string, waitUntil: (work: Promise<unknown>) => void) => void

/** Once for each record that an isolate has read; it comes after the answer. */
export function createRenewals(db: Database, keys: Keys, clock: () => number): RenewMac {
  const underWay = new WeakSet<Token>()

  async function renew(token: Token, text: string): Promise<void> {
    await writeOrThrow(db, [
      updateMac(db, token, await macOf(keys, text)),
      // Whoever keeps the old one must not refuse it when the old MASTER_KEY is gone.
      ...insertChanges([{ kind: 'token', ref: token.id }], clock()),
    ])
  }

  return (token, text, waitUntil) => {
    if (underWay.has(token)) return
    underWay.add(token)
    // If it fails, the next use tries again.
    waitUntil(renew(token, text).catch(() => underWay.delete(token)))
  }
}
