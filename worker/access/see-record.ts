/** Who may see what a record of the audit log keeps of its object: whoever may see the object. */

import { isPermission } from '../../shared/permissions.ts'
import type { AuditLog } from '../audit/read.ts'
import { decide } from './decide.ts'
import type { AccessError } from './errors.ts'
import type { Principal } from './principal.ts'

export function refuseObject(principal: Principal, log: AuditLog): AccessError | undefined {
  if (principal.isSuperadmin) return undefined
  const permission = `${log.resource}:VIEW`
  const { tenantId: tenant, namespace } = log
  if (tenant === null || !isPermission(permission)) return { code: 'superadmin_required' }
  const place = namespace === null ? {} : { namespace }
  return decide(principal, { tenant, permission, ...place })
    ? undefined
    : { code: 'permission_missing', permission, ...place }
}

/** In a list the record stays, without them. */
export const statesOf = (principal: Principal, log: AuditLog): Pick<AuditLog, 'before' | 'after'> =>
  refuseObject(principal, log) ? { before: null, after: null } : log
