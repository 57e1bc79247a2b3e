/**
 * Invitations: a link, to hand over to somebody who has no account yet. Postern sends no mail. Kestra's
 * `createUserIfNotExist` is not looked at: whoever takes the link up makes the user.
 */

import * as v from 'valibot'
import { Email, Label, NamespaceId, Password } from '../names.ts'
import { DateTime, Id, superAdminFields } from './common.ts'

const few = <S extends v.GenericSchema>(row: S) =>
  v.pipe(v.array(v.unknown()), v.maxLength(20, 'must be at most 20'), v.array(row))

/** A role in these namespaces; in the whole tenant where none is named. */
const Role = v.object({ id: Id, namespaces: v.optional(few(NamespaceId), []) })
export type InvitedRole = v.InferOutput<typeof Role>

export const CreateInvitation = v.object({
  email: Email,
  roles: v.nullish(few(Role)),
  groups: v.nullish(few(Id)),
  ...superAdminFields,
})
export type CreateInvitation = v.InferOutput<typeof CreateInvitation>

export const STATUSES = ['PENDING', 'ACCEPTED', 'EXPIRED'] as const

export const Invitation = v.object({
  id: v.string(),
  email: v.string(),
  status: v.picklist(STATUSES),
  tenantId: v.string(),
  roles: v.array(Role),
  groups: v.array(v.string()),
  superAdmin: v.boolean(),
  instanceOwner: v.boolean(),
  sentAt: DateTime,
  expiredAt: DateTime,
  acceptedAt: v.optional(DateTime),
  /** A secret: in the answer that created it, and nowhere else. */
  link: v.optional(v.string()),
})
export type Invitation = v.InferOutput<typeof Invitation>

export const AcceptInvitation = v.object({
  token: v.pipe(v.string(), v.maxLength(128, 'must have at most 128 characters')),
  password: Password,
  firstName: v.nullish(Label),
  lastName: v.nullish(Label),
})
export type AcceptInvitation = v.InferOutput<typeof AcceptInvitation>
