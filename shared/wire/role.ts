/** Roles: named sets of permissions, stored and echoed exactly as sent, in either of Kestra's vocabularies. */

import * as v from 'valibot'
import { Label } from '../names.ts'
import { isKnownPermission } from '../permissions.ts'

const Permissions = v.pipe(
  v.record(v.string(), v.array(v.string())),
  v.check(
    (permissions) => Object.values(permissions).some((actions) => actions.length > 0),
    'must not be empty',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    for (const [resource, actions] of Object.entries(dataset.value)) {
      for (const action of actions) {
        if (!isKnownPermission(resource, action)) {
          addIssue({ message: `holds ${resource}:${action}, which is not a permission` })
        }
      }
    }
  }),
)

export const WriteRole = v.object({
  name: v.pipe(Label, v.minLength(1, 'must not be empty')),
  description: v.nullish(Label),
  permissions: Permissions,
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
