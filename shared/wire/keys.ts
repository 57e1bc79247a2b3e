/** The keys behind Postern's own tokens: those that sign, and how far the change of MASTER_KEY has come. */

import * as v from 'valibot'
import { DateTime } from './common.ts'

export const SigningKey = v.object({
  kid: v.string(),
  state: v.picklist(['next', 'active', 'retiring']),
  /** Since when it is in that state. */
  since: DateTime,
  createdAt: DateTime,
})
export type SigningKey = v.InferOutput<typeof SigningKey>

export const SigningKeyList = v.object({ results: v.array(SigningKey), total: v.number() })

export const RotateSigningKeys = v.object({
  /** The new key signs at once; those who check by a copy of the JWKS may not know it for six minutes. */
  now: v.nullish(v.boolean()),
  /** All keys there are go at once, and all access tokens with them. */
  drop: v.nullish(v.boolean()),
})

export const MasterKeyState = v.object({
  /** Of the MASTER_KEY there is now. Says nothing of it. */
  version: v.string(),
  /** Of MASTER_KEY_PREVIOUS, if that is set. */
  previous: v.optional(v.string()),
  /**
   * Rows that do not hang on the MASTER_KEY of now; 10,000 tokens or passwords stand for as many or more. When all are
   * zero, MASTER_KEY_PREVIOUS can go.
   */
  remaining: v.object({ tokens: v.number(), passwords: v.number(), signingKeys: v.number() }),
})
export type MasterKeyState = v.InferOutput<typeof MasterKeyState>
