/** Bindings: who holds which role, and where. Immutable. A service account is bound with type USER, as in Kestra. */

import * as v from 'valibot'
import { NamespaceId } from '../names.ts'
import { Id } from './common.ts'

const Type = v.picklist(['USER', 'GROUP'], 'must be USER or GROUP')

export const CreateBinding = v.object({
  type: Type,
  externalId: Id,
  roleId: Id,
  /** With its descendants; absent or empty means the whole tenant. */
  namespaceId: v.nullish(v.union([v.literal(''), NamespaceId])),
})
export type CreateBinding = v.InferOutput<typeof CreateBinding>

/** All or nothing; Kestra's clients also send none at all. */
export const CreateBindings = v.pipe(
  v.array(v.unknown()),
  v.maxLength(100, 'must be at most 100 bindings'),
  v.array(CreateBinding),
)

/** What the search takes beside the filters of the same names; `id` is that of the account or group. */
export const bindingQuery = {
  type: v.optional(Type),
  id: v.optional(Id),
  namespace: v.optional(NamespaceId),
}

export const Binding = v.object({
  id: v.string(),
  type: Type,
  /** Kestra's description says `namespace`, its Terraform provider reads `namespaceId`: both, or neither. */
  namespace: v.optional(v.string()),
  namespaceId: v.optional(v.string()),
  role: v.object({ id: v.string(), name: v.string() }),
  group: v.optional(v.object({ id: v.string(), name: v.string() })),
  user: v.optional(
    v.object({
      id: v.string(),
      username: v.string(),
      displayName: v.string(),
      type: v.picklist(['STANDARD', 'SERVICE_ACCOUNT']),
    }),
  ),
})
export type Binding = v.InferOutput<typeof Binding>
