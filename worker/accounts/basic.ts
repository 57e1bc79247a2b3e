/**
 * Basic: the same user name and password come with every request. They are proved once and then known again for a
 * while, so that a script of a hundred calls costs one scrypt and not a hundred.
 */

import { ok, type Result } from '../../shared/result.ts'
import type { RequestContext } from '../access/principal.ts'
import type { Database } from '../storage/database.ts'
import type { TokenError } from '../tokens/errors.ts'
import { type Keys, utf8 } from '../tokens/keys.ts'
import { networkOf } from '../tokens/network-of.ts'
import { principalOf } from '../tokens/principal-of.ts'
import { accountHolder } from '../tokens/questions.ts'
import type { Verification } from '../tokens/verifier.ts'
import type { Verified } from '../tokens/verify.ts'
import type { AccountError } from './errors.ts'
import { signIn } from './sign-in.ts'

export type Basic = (
  verification: Verification,
  credential: { readonly username: string; readonly password: string },
  context: RequestContext,
) => Promise<Result<Verified, AccountError | TokenError>>

interface Proof {
  readonly accountId: string
  readonly at: number
}

/** @param memoryMs how long a proof is good for, unless the account changes */
export async function createBasic(db: Database, keys: Keys, memoryMs: number): Promise<Basic> {
  // Of this isolate alone: what is remembered is worth nothing outside it.
  const memoKey = (await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])) as CryptoKey

  return async ({ records }, { username, password }, context) => {
    // A user name holds no colon (RFC 7617 §2), and neither holds a NUL that would be let in. A proof is worth nothing
    // in another network: one that may try no more must not learn from it which password is right.
    const network = context.ipAddress === undefined ? '' : networkOf(context.ipAddress)
    const text = utf8(`basic ${network}\0${username}\0${password}`)
    const mac = await crypto.subtle.sign('HMAC', memoKey, text)
    const name = `basic ${String.fromCharCode(...new Uint8Array(mac))}`
    await records.refresh()
    const known = records.recall<Proof>(name)
    const age = context.now - (known?.at ?? Number.NEGATIVE_INFINITY)
    if (known && age >= 0 && age <= memoryMs) {
      const [holder] = await records.find([accountHolder(known.accountId)] as const)
      if (holder && holder.account.disabledAt === null) return ok({ principal: principalOf(holder, context) })
    }
    const { position } = records
    const proved = await signIn(db, keys, username, password, context)
    if (!proved.ok) {
      // It may have been the last of too many: then nobody's proof is good any more.
      records.outdate()
      return proved
    }
    const { accountId } = proved.value
    const fact = { seq: position, dependencies: [`account ${accountId}`] }
    records.remember(name, { accountId, at: context.now } satisfies Proof, fact)
    return ok({ principal: proved.value })
  }
}
