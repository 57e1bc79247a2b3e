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
