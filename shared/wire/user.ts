/** Users: people, with an e-mail address that is also their username, and a password. */

import * as v from 'valibot'
import { Email, Label, Password } from '../names.ts'
import { superAdminFields, TenantIds } from './common.ts'

export const CreateUser = v.object({
  email: Email,
  firstName: v.nullish(Label),
  lastName: v.nullish(Label),
  password: v.nullish(Password),
  tenants: v.nullish(TenantIds),
  ...superAdminFields,
})
export type CreateUser = v.InferOutput<typeof CreateUser>

export const SetPassword = v.object({ password: Password })

export const User = v.object({
  id: v.string(),
  username: v.string(),
  displayName: v.string(),
  firstName: v.optional(v.string()),
  lastName: v.optional(v.string()),
  email: v.string(),
  tenants: v.array(v.object({ id: v.string(), name: v.string() })),
  superAdmin: v.boolean(),
  instanceOwner: v.boolean(),
})
export type User = v.InferOutput<typeof User>
