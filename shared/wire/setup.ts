/** The first administrator: `POST /api/v1/setup`, once. */

import * as v from 'valibot'
import { Email, Label, Password, TenantId } from '../names.ts'

export const SetupRequest = v.object({
  username: Email,
  password: Password,
  tenant: v.optional(v.object({ id: TenantId, name: v.optional(Label) }), { id: 'main' }),
  /** The worker's SETUP_TOKEN secret; not asked for where the worker runs with an open set-up. */
  setupToken: v.optional(v.string()),
})
export type SetupRequest = v.InferOutput<typeof SetupRequest>

export const SetupState = v.object({ done: v.boolean() })
