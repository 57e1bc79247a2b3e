/** Users of a tenant: who may enter it, and what they hold there. */

import * as v from 'valibot'
import { Email } from '../names.ts'
import { Autocomplete } from './common.ts'
import { accessRow } from './group.ts'

export const GrantTenantAccess = v.object({ email: Email })

/** `username` is one more way to say `q`. */
export const SuggestUsers = v.object({ ...Autocomplete.entries, username: Autocomplete.entries.q })

export const TenantUser = v.object({
  id: v.string(),
  username: v.string(),
  displayName: v.string(),
  ...accessRow,
})
export type TenantUser = v.InferOutput<typeof TenantUser>

export const TenantAccess = v.object({
  tenantId: v.string(),
  userId: v.string(),
  username: v.string(),
  displayName: v.string(),
  groups: accessRow.groups,
  /** One for each binding that reaches the account, by itself or through a group. */
  roles: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      namespace: v.optional(v.string()),
      origin: v.picklist(['BINDING', 'GROUP']),
      /** The id of that binding, or of that group. */
      sourceId: v.string(),
      permissions: v.array(v.object({ resource: v.string(), actions: v.array(v.string()) })),
    }),
  ),
  superAdmin: v.boolean(),
  instanceOwner: v.boolean(),
})
export type TenantAccess = v.InferOutput<typeof TenantAccess>
