/** What only who holds the Cloudflare account can do, by setting a new SETUP_TOKEN: the ways back in. */

import * as v from 'valibot'
import { Email, Password } from '../names.ts'

/** The worker's SETUP_TOKEN secret, set anew: what was used once, for set-up or for recovery, is used up. */
const setupToken = v.string()

export const RecoverAdministrator = v.object({
  setupToken,
  /** Of a user who is there, or of a new one. */
  username: Email,
  password: Password,
})
export type RecoverAdministrator = v.InferOutput<typeof RecoverAdministrator>

export const ConfirmRestore = v.object({
  setupToken,
  /**
   * What is to end of what may have been revoked after the moment that D1 was put back to: what the changes since have
   * named, as Postern kept them outside of D1; all tokens and sessions there are; or nothing.
   */
  end: v.picklist(['named', 'all', 'nothing']),
})
export type ConfirmRestore = v.InferOutput<typeof ConfirmRestore>

export const RestoreConfirmed = v.object({
  /** Where the restored feed ended, and where it had been. */
  position: v.number(),
  highest: v.number(),
  /** Every change that was taken back, for somebody to look at: accounts, groups, roles and so on. */
  lost: v.array(v.object({ kind: v.string(), ref: v.string() })),
})
export type RestoreConfirmed = v.InferOutput<typeof RestoreConfirmed>
