/** Whether a principal may do what Kestra is asked for. */

import type { Permission } from '../../shared/permissions.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { decide } from './decide.ts'
import type { AccessError } from './errors.ts'
import type { Demand } from './kestra-demand.ts'
import type { Principal } from './principal.ts'

export function decideKestra(principal: Principal, { takes, ...place }: Demand): Result<void, AccessError> {
  if (takes === 'signedIn') return ok(undefined)
  if (takes === 'superadmin')
    return principal.isSuperadmin ? ok(undefined) : err({ code: 'superadmin_required' })
  const rights = typeof takes === 'string' ? [[takes]] : takes
  const missing = rights.find((choices) =>
    choices.every((permission) => !decide(principal, { ...place, permission })),
  )
  if (!missing) return ok(undefined)
  const { namespace } = place
  const permission = missing[0] as Permission
  return err({ code: 'permission_missing', permission, ...(namespace === undefined ? {} : { namespace }) })
}
