/** Users: people, with an e-mail address that is also their username, and a password. */

import * as v from 'valibot'
import { Email, Label, Password } from '../names.ts'
import { Id, superAdminFields, TenantIds } from './common.ts'

/** Groups of any tenant: their ids say which. */
const GroupIds = v.pipe(v.array(v.unknown()), v.maxLength(100, 'must name at most 100 groups'), v.array(Id))

const profile = { firstName: v.nullish(Label), lastName: v.nullish(Label) }

export const CreateUser = v.object({
  email: Email,
  ...profile,
  password: v.nullish(Password),
  tenants: v.nullish(TenantIds),
  groups: v.nullish(GroupIds),
  restricted: v.nullish(v.boolean()),
  ...superAdminFields,
})
export type CreateUser = v.InferOutput<typeof CreateUser>

/** What is left out stays as it is: Terraform knows too few of these to replace them all. */
export const ReplaceUser = v.object({ ...CreateUser.entries, email: v.optional(Email) })
export type ReplaceUser = v.InferOutput<typeof ReplaceUser>

/** What users may change of themselves, and administrators of them, without touching what they may do. */
export const PatchUser = v.object({ ...profile, email: v.nullish(Email) })
export type PatchUser = v.InferOutput<typeof PatchUser>

export const SetPassword = v.object({ password: Password })
/** The old one is whatever it is: it may be from before today's policy. */
export const ChangePassword = v.object({
  oldPassword: v.pipe(v.string(), v.maxLength(256, 'must have at most 256 characters')),
  newPassword: Password,
})
export type ChangePassword = v.InferOutput<typeof ChangePassword>

export const SetSuperAdmin = v.pipe(
  v.object(superAdminFields),
  v.check(
    ({ superAdmin, instanceOwner }) => (superAdmin ?? instanceOwner ?? null) !== null,
    'superAdmin or instanceOwner is required',
  ),
)
export const SetRestricted = v.object({ restricted: v.boolean() })
export const SetDisabled = v.object({ disabled: v.boolean() })
export const SetGroups = v.object({ groupIds: GroupIds })

/** A way to sign in. Users have a password or none. */
export const Auth = v.object({ id: v.string(), name: v.string(), type: v.string() })
export type Auth = v.InferOutput<typeof Auth>

export const flags = { superAdmin: v.boolean(), instanceOwner: v.boolean() }
const TenantNames = v.array(v.object({ id: v.string(), name: v.string() }))

/** A row of the list. */
export const UserSummary = v.object({
  id: v.string(),
  username: v.string(),
  displayName: v.string(),
  tenants: TenantNames,
  auths: v.array(Auth),
  ...flags,
})
export type UserSummary = v.InferOutput<typeof UserSummary>

export const User = v.object({
  ...UserSummary.entries,
  firstName: v.optional(v.string()),
  lastName: v.optional(v.string()),
  email: v.string(),
  groups: v.array(v.object({ id: v.string(), tenantId: v.string() })),
  restricted: v.boolean(),
  /** Postern's own: there only when it is true, so that Terraform finds no field that it did not send. */
  disabled: v.optional(v.literal(true)),
})
export type User = v.InferOutput<typeof User>
