/** Tenants: an id, a name, and what Kestra keeps of one beyond that. */

import * as v from 'valibot'
import { Label, TenantId } from '../names.ts'
import { Concurrency, withAttributes } from './attributes.ts'

const writable = {
  name: v.pipe(Label, v.minLength(1, 'must not be empty')),
  concurrency: v.nullish(Concurrency),
}

export const CreateTenant = withAttributes({ id: TenantId, ...writable })
export type CreateTenant = v.InferOutput<typeof CreateTenant>

/** All of it: what is left out is gone. The id is the path's. */
export const ReplaceTenant = withAttributes({ id: v.nullish(TenantId), ...writable })
export type ReplaceTenant = v.InferOutput<typeof ReplaceTenant>

/** Beside these, what was sent. */
export const Tenant = v.looseObject({
  id: v.string(),
  name: v.string(),
  /** Kestra's clients insist on it. A tenant that is deleted is not there. */
  deleted: v.literal(false),
})
export type Tenant = v.InferOutput<typeof Tenant>
