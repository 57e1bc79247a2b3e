/** Why an account may do something, or what it lacks for it. */

import * as v from 'valibot'
import { NamespaceId } from '../names.ts'
import { actionsOf, type Permission, type ResourceName, resourceNames } from '../permissions.ts'
import { Id } from './common.ts'

export const PermissionName = v.pipe(
  v.string(),
  v.check(isPermission, 'must be a resource and one of its actions, such as FLOW:EXECUTE'),
  v.transform((text) => text as Permission),
)

function isPermission(text: string): boolean {
  const [resource, action, ...rest] = text.split(':') as [ResourceName, string?, ...string[]]
  return resourceNames.includes(resource) && actionsOf(resource).includes(action ?? '') && rest.length === 0
}

export const ExplainQuery = v.object({
  /** An id, a user's e-mail address, or a service account's name that no other of the tenant has; oneself when absent. */
  account: v.optional(Id),
  permission: PermissionName,
  /** Without one the question is about the whole tenant. */
  namespace: v.optional(NamespaceId),
})
export type ExplainQuery = v.InferOutput<typeof ExplainQuery>

const Reason = v.object({
  /** The binding's id. */
  binding: v.string(),
  role: v.object({ id: v.string(), name: v.string() }),
  group: v.optional(v.object({ id: v.string(), name: v.string() })),
  namespace: v.optional(v.string()),
})
export type Reason = v.InferOutput<typeof Reason>

export const Explanation = v.object({
  account: v.object({ id: v.string(), username: v.string() }),
  permission: v.string(),
  namespace: v.optional(v.string()),
  allowed: v.boolean(),
  /** Every binding that would be enough by itself. */
  because: v.array(Reason),
  /** The flag is enough by itself. */
  superAdmin: v.boolean(),
  /** Nothing is allowed while it is. */
  disabled: v.boolean(),
  /** When it is not allowed: the permission that no binding gives here, and the bindings that give it elsewhere. */
  missing: v.optional(
    v.object({
      permission: v.string(),
      namespace: v.optional(v.string()),
      elsewhere: v.array(Reason),
    }),
  ),
})
export type Explanation = v.InferOutput<typeof Explanation>
