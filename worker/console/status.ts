/** The one word that a list says of a token or an account. Of several the first that fits. */

import type { Tone } from './parts/pill.tsx'
import { DAY } from './times.ts'

export interface Status {
  readonly word: 'Active' | 'Expiring' | 'Expired' | 'Idle' | 'Disabled' | 'No token' | 'No password'
  readonly tone: Tone
}

/** So long before the end it is time to do something about it. */
export const SOON_MS = 14 * DAY
/** What was not used for so long is perhaps not needed. */
export const IDLE_MS = 90 * DAY

interface Use {
  readonly createdAt: number
  /** Null: never. */
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
}

export function statusOf({ createdAt, expiresAt, lastUsedAt }: Use, now: number): Status {
  if (expiresAt !== null && expiresAt <= now) return { word: 'Expired', tone: 'bad' }
  if (expiresAt !== null && expiresAt - now <= SOON_MS) return { word: 'Expiring', tone: 'warn' }
  if (now - (lastUsedAt ?? createdAt) >= IDLE_MS) return { word: 'Idle', tone: 'info' }
  return { word: 'Active', tone: 'ok' }
}

/** Of an account with all its tokens: how many there are, and the ends and uses of those. */
export function accountStatusOf(
  account: { readonly createdAt: number; readonly disabledAt: number | null },
  tokens: { readonly total: number; readonly nextExpiry: number | null; readonly lastUsedAt: number | null },
  now: number,
): Status {
  if (account.disabledAt !== null) return { word: 'Disabled', tone: 'mute' }
  if (tokens.total === 0) return { word: 'No token', tone: 'mute' }
  const { nextExpiry: expiresAt, lastUsedAt } = tokens
  return statusOf({ createdAt: account.createdAt, expiresAt, lastUsedAt }, now)
}

/** Of a user: whether they can sign in. */
export function userStatusOf(account: {
  readonly disabledAt: number | null
  readonly password: string | null
}): Status {
  if (account.disabledAt !== null) return { word: 'Disabled', tone: 'mute' }
  return account.password === null ? { word: 'No password', tone: 'mute' } : { word: 'Active', tone: 'ok' }
}
