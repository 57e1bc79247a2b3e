/**
 * How signing keys follow one another: `next` (published, so that everybody knows it before it signs), `active` (the
 * one that signs), `retiring` (verifies what it signed), gone. Cron takes a step an hour; an administrator may hurry it.
 */

import { MAX_TTL } from '../../shared/wire/federation.ts'
import { type Actor, record } from '../audit/record.ts'
import type { Copies } from '../storage/copies.ts'
import { type Database, type Statement, write } from '../storage/database.ts'
import {
  deleteSigningKey,
  insertSigningKey,
  listSigningKeys,
  type SigningKey,
  updateSigningKey,
} from '../storage/tokens.ts'
import type { Keys } from './keys.ts'
import { createSigningKey, JWKS_COPY_SECONDS, JWKS_MAX_AGE_SECONDS, publishJwks } from './signing-keys.ts'

const DAY_MS = 86_400_000
/** A new key is asked for a day before the old one's 90 days are over. */
const SUCCESSOR_AFTER_MS = 89 * DAY_MS
/** As long as others may go on without having seen it. */
const PUBLISHED_MS = (JWKS_MAX_AGE_SECONDS + JWKS_COPY_SECONDS) * 1000
/** As long as anything that it signed may live, and a minute for clocks that differ. */
const RETIRING_MS = (MAX_TTL + 60) * 1000

export interface Haste {
  /** A new key is wanted, though the old one's time is not over. */
  readonly isWanted?: boolean
  /** It signs at once. Whoever checks by a copy of the JWKS may not know it for six minutes. */
  readonly isNow?: boolean
  /** All keys there are go at once, with everything they signed: they are in the wrong hands. */
  readonly isDropping?: boolean
}

export interface Step {
  readonly drop: readonly string[]
  readonly retire?: string
  readonly promote?: string
  readonly create?: 'next' | 'active'
}

export function planStep(keys: readonly SigningKey[], haste: Haste, now: number): Step {
  const [next, active] = (['next', 'active'] as const).map((state) => keys.find((key) => key.state === state))
  if (haste.isDropping) return { drop: keys.map(({ kid }) => kid), create: 'active' }
  const drop = keys
    .filter(({ state, since }) => state === 'retiring' && now - since >= RETIRING_MS)
    .map(({ kid }) => kid)
  const retire = active ? { retire: active.kid } : {}
  if (next && (haste.isNow || now - next.since >= PUBLISHED_MS)) return { drop, ...retire, promote: next.kid }
  if (haste.isNow || !active) return { drop, ...retire, create: 'active' }
  const isDue = haste.isWanted || now - active.since >= SUCCESSOR_AFTER_MS
  return !next && isDue ? { drop, create: 'next' } : { drop }
}

/** @returns the keys as they are then. Of two steps at once one is taken; but what is to be dropped is dropped. */
export async function rotateSigningKeys(
  db: Database,
  keys: Keys,
  copies: Copies,
  actor: Actor,
  haste: Haste = {},
): Promise<SigningKey[]> {
  const before = await listSigningKeys(db)
  const { drop, retire, promote, create } = planStep(before, haste, actor.now)
  const created = create && { ...(await createSigningKey(keys, actor.now)), state: create }
  const changes: Statement[] = [
    ...drop.map((kid) => deleteSigningKey(db, kid)),
    // In this order: there is one active key at any time, and the table sees to it.
    ...(retire ? [updateSigningKey(db, retire, 'active', { state: 'retiring', since: actor.now })] : []),
    ...(promote ? [updateSigningKey(db, promote, 'next', { state: 'active', since: actor.now })] : []),
    ...(created ? [insertSigningKey(db, created)] : []),
  ]
  if (changes.length === 0) return before
  const deed = {
    type: 'UPDATE',
    resource: 'SIGNING_KEY',
    id: created?.kid ?? promote ?? drop[0] ?? '',
    before: statesOf(before),
    after: { dropped: drop, retired: retire, promoted: promote, [created?.state ?? 'created']: created?.kid },
    ends: [...drop, ...(retire ? [retire] : [])].map((ref) => ({ kind: 'key', ref }) as const),
  } as const
  const written = await write(db, [...changes, ...record(db, actor, deed)])
  if (!written.ok && haste.isDropping) return rotateSigningKeys(db, keys, copies, actor, haste)
  const after = await listSigningKeys(db)
  await publishJwks(keys, copies, after)
  return after
}

const statesOf = (keys: readonly SigningKey[]) =>
  Object.fromEntries(keys.map(({ kid, state }) => [kid, state]))
