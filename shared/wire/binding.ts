/** Bindings: who holds which role, and where. Immutable. A service account is bound with type USER, as in Kestra. */

import * as v from 'valibot'
import { NamespaceId } from '../names.ts'
import { Id } from './common.ts'

export const CreateBinding = v.object({
  type: v.picklist(['USER'], 'must be USER'),
  externalId: Id,
  roleId: Id,
  /** With its descendants; absent or empty means the whole tenant. */
  namespaceId: v.nullish(v.union([v.literal(''), NamespaceId])),
})
export type CreateBinding = v.InferOutput<typeof CreateBinding>

export const Binding = v.object({
  id: v.string(),
  type: v.picklist(['USER', 'GROUP']),
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
