/** Whoever is signed in, as they see themselves. */

import * as v from 'valibot'
import { Auth, flags } from './user.ts'

export const Me = v.object({
  id: v.string(),
  /** Of a service account only: people have a profile. */
  name: v.optional(v.string()),
  profile: v.optional(
    v.object({
      email: v.string(),
      firstName: v.optional(v.string()),
      lastName: v.optional(v.string()),
      username: v.string(),
    }),
  ),
  restricted: v.boolean(),
  auths: v.array(Auth),
  tenants: v.array(v.object({ id: v.string(), name: v.string() })),
  ...flags,
})
export type Me = v.InferOutput<typeof Me>
