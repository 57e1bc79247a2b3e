/** Service accounts: applications. A name, a description, and nothing personal. */

import * as v from 'valibot'
import { DnsName, Label } from '../names.ts'
import { superAdminFields, TenantIds } from './common.ts'
import { accessRow, GroupRefs } from './group.ts'

/** Instance level, `/api/v1/service-accounts`. */
export const CreateInstanceServiceAccount = v.object({
  name: DnsName,
  description: v.nullish(Label),
  tenants: v.nullish(TenantIds),
  ...superAdminFields,
})
export type CreateInstanceServiceAccount = v.InferOutput<typeof CreateInstanceServiceAccount>

export const PatchServiceAccount = v.object({ name: DnsName, description: v.nullish(Label) })

/** Tenant level, `/api/v1/{tenant}/service-accounts`; the same body creates and replaces. */
export const WriteServiceAccount = v.object({
  name: DnsName,
  description: v.nullish(Label),
  groups: GroupRefs,
  ...superAdminFields,
})
export type WriteServiceAccount = v.InferOutput<typeof WriteServiceAccount>

const common = {
  id: v.string(),
  name: v.string(),
  description: v.optional(v.string()),
  superAdmin: v.boolean(),
  instanceOwner: v.boolean(),
}

export const InstanceServiceAccount = v.object({
  ...common,
  tenants: v.array(v.object({ id: v.string(), name: v.string() })),
})
export type InstanceServiceAccount = v.InferOutput<typeof InstanceServiceAccount>

export const ServiceAccount = v.object({ ...common, groups: v.array(v.object({ id: v.string() })) })
export type ServiceAccount = v.InferOutput<typeof ServiceAccount>

/** A row of the tenant's list. `username` carries the name; the Java SDK reads `name`. */
export const ServiceAccountRow = v.object({
  id: v.string(),
  username: v.string(),
  displayName: v.string(),
  name: v.string(),
  description: v.optional(v.string()),
  ...accessRow,
})
export type ServiceAccountRow = v.InferOutput<typeof ServiceAccountRow>
