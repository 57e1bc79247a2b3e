/**
 * How often a password may be tried, and for whom that is counted: for the user that is named, there or not, and for
 * the network it comes from. Only passwords are counted: tokens and sessions work on while a password is held.
 */

import type { Subject } from '../storage/sign-ins.ts'
import { macOfText } from '../storage/text-mac.ts'
import type { Keys } from '../tokens/keys.ts'
import { networkOf } from '../tokens/network-of.ts'

const MINUTE_MS = 60_000
/** Kestra's defaults: after 10 failures within 5 minutes nothing is tried for 30. */
export const WINDOW_MS = 5 * MINUTE_MS
export const HOLD_MS = 30 * MINUTE_MS
export const MAX_FAILURES = 10
/** Of a network with many users behind it. */
export const MAX_FAILURES_OF_ADDRESS = 50

/** The user first. Without an address, as on one's own machine, the user alone. */
export async function subjectsOf(
  keys: Keys,
  username: string,
  ipAddress: string | undefined,
): Promise<[Subject, ...Subject[]]> {
  const user = { subject: await macOfText(keys.signIn, `user ${username.toLowerCase()}`), max: MAX_FAILURES }
  if (ipAddress === undefined) return [user]
  const subject = await macOfText(keys.signIn, `address ${networkOf(ipAddress)}`)
  return [user, { subject, max: MAX_FAILURES_OF_ADDRESS }]
}
