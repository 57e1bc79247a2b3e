/**
 * SETUP_TOKEN: who can set a secret of the worker holds the Cloudflare account, and may make an administrator where there
 * is none, or none who gets in. Each value is good for one such deed; what is left behind in the settings opens nothing.
 */

import { base64url } from 'jose'
import type { Statement } from '../storage/database.ts'
import { onlyWithUnusedSetupToken, useSetupToken } from '../storage/instance.ts'
import { type Keys, utf8 } from '../tokens/keys.ts'

/** Digests have one length, so the comparison takes one time; an unset secret equals nothing. */
export async function isSameSecret(given: string | undefined, wanted: string | undefined): Promise<boolean> {
  if (!given || !wanted) return false
  const [a, b] = await Promise.all([given, wanted].map((text) => crypto.subtle.digest('SHA-256', utf8(text))))
  return a !== undefined && b !== undefined && crypto.subtle.timingSafeEqual(a, b)
}

/** What is kept of one that was used: an HMAC, as of every token. */
export const markOf = async (keys: Keys, setupToken: string): Promise<string> =>
  base64url.encode(
    new Uint8Array(await crypto.subtle.sign('HMAC', keys.tokenMac, utf8(`setup ${setupToken}`))),
  )

/** Part of the deed's own transaction: it stops that of a token that was used before, with the check `setup_open`. */
export const spend = (mark: string): Statement[] => [onlyWithUnusedSetupToken(mark), useSetupToken(mark)]
