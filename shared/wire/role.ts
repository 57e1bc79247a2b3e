/** Roles: named sets of permissions, stored and echoed exactly as sent, in either of Kestra's vocabularies. */

import * as v from 'valibot'
import { Label } from '../names.ts'
import { isKnownAction, isKnownResource } from '../permissions.ts'

/** Numbers are checked before members: a complaint for each of a million words would fill any memory. */
const Actions = v.pipe(
  v.array(v.unknown()),
  v.maxLength(100, 'must name at most 100 actions'),
  v.array(v.pipe(v.string(), v.check(isKnownAction, 'is not an action'))),
)

const Permissions = v.pipe(
  v.record(v.string(), v.unknown()),
  v.maxEntries(100, 'must name at most 100 resources'),
  v.record(v.pipe(v.string(), v.check(isKnownResource, 'is not a resource')), Actions),
  v.check(
    (permissions) => Object.values(permissions).some((actions) => actions.length > 0),
    'must not be empty',
  ),
)

export const WriteRole = v.object({
  name: v.pipe(Label, v.minLength(1, 'must not be empty')),
  description: v.nullish(Label),
  permissions: Permissions,
  /** Given to users who join the tenant from then on; at most one role of a tenant is. */
  isDefault: v.nullish(v.boolean()),
})
export type WriteRole = v.InferOutput<typeof WriteRole>

export const Role = v.object({
  id: v.string(),
  name: v.string(),
  description: v.optional(v.string()),
  permissions: v.record(v.string(), v.array(v.string())),
  isDefault: v.boolean(),
  isManaged: v.boolean(),
})
export type Role = v.InferOutput<typeof Role>

/** A row of the list. */
export const RoleSummary = v.object({
  id: v.string(),
  name: v.string(),
  isDefault: v.boolean(),
  isManaged: v.boolean(),
  /** How many resources it says something about. */
  permissionCount: v.number(),
})
export type RoleSummary = v.InferOutput<typeof RoleSummary>

/** Read by ids, where Kestra's clients want to hear that it is still there. */
export const RoleById = v.object({ ...Role.entries, deleted: v.literal(false) })
export type RoleById = v.InferOutput<typeof RoleById>
