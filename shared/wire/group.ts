/** Groups: several accounts under one name, so that one binding governs them all. */

import * as v from 'valibot'
import { Label } from '../names.ts'
import { Id, Ids } from './common.ts'

const Name = v.pipe(Label, v.minLength(1, 'must not be empty'))

export const WriteGroup = v.object({ name: Name, description: v.nullish(Label) })
export type WriteGroup = v.InferOutput<typeof WriteGroup>

export const CreateGroup = v.object({
  ...WriteGroup.entries,
  membersId: v.nullish(v.pipe(Ids, v.maxLength(100, 'must name at most 100'))),
})
export type CreateGroup = v.InferOutput<typeof CreateGroup>

/** Of a group that is managed here: Kestra's `securityIntegrationName` would name who else manages it. */
export const Group = v.object({ id: v.string(), name: v.string(), description: v.optional(v.string()) })
export type Group = v.InferOutput<typeof Group>

export const MEMBERSHIPS = ['OWNER', 'MEMBER'] as const
/** An OWNER may change who is in the group. */
export const Membership = v.picklist(MEMBERSHIPS, `must be one of ${MEMBERSHIPS.join(', ')}`)
export type Membership = v.InferOutput<typeof Membership>

export const Member = v.object({
  id: v.string(),
  username: v.string(),
  displayName: v.string(),
  /** All groups of the tenant that the account is in. */
  groups: v.array(
    v.object({ id: v.string(), name: v.string(), external: v.boolean(), membership: Membership }),
  ),
})
export type Member = v.InferOutput<typeof Member>

/** Groups of a service account: `null` says none, as an absent list does. */
export const GroupRefs = v.nullish(
  v.pipe(
    v.array(v.unknown()),
    v.maxLength(100, 'must name at most 100 groups'),
    v.array(v.object({ id: Id })),
  ),
)

/** What every row of a tenant's accounts says beside who it is: its groups there, and how it can sign in. */
export const accessRow = {
  groups: v.array(v.object({ id: v.string(), name: v.string(), external: v.boolean() })),
  auths: v.array(v.object({ name: v.string(), type: v.string() })),
}
