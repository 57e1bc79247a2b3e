/** Impersonation: acting as somebody else for an hour, to see what they may do. */

import * as v from 'valibot'
import { Label } from '../names.ts'
import { DateTime } from './common.ts'

/** Clients that know of no reason send no body. */
export const ImpersonateRequest = v.object({ reason: v.nullish(Label) })

export const Impersonation = v.object({
  /** `psi_…`: for `Authorization: Bearer`, in this answer alone. `/oauth/revoke` takes it back. */
  token: v.string(),
  exp: DateTime,
  user: v.object({
    id: v.string(),
    username: v.string(),
    displayName: v.string(),
    type: v.picklist(['STANDARD', 'SERVICE_ACCOUNT']),
  }),
})
export type Impersonation = v.InferOutput<typeof Impersonation>
