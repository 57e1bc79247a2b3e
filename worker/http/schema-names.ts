/** What the schemas on the wire are called in the OpenAPI document: as in the modules that declare them. */

import type * as v from 'valibot'
import * as apiToken from '../../shared/wire/api-token.ts'
import * as attributes from '../../shared/wire/attributes.ts'
import * as auditIntegrity from '../../shared/wire/audit-integrity.ts'
import * as auditLog from '../../shared/wire/audit-log.ts'
import * as backup from '../../shared/wire/backup.ts'
import * as binding from '../../shared/wire/binding.ts'
import * as common from '../../shared/wire/common.ts'
import * as configs from '../../shared/wire/configs.ts'
import * as deployments from '../../shared/wire/deployments.ts'
import * as error from '../../shared/wire/error.ts'
import * as exchange from '../../shared/wire/exchange.ts'
import * as explain from '../../shared/wire/explain.ts'
import * as federation from '../../shared/wire/federation.ts'
import * as files from '../../shared/wire/files.ts'
import * as group from '../../shared/wire/group.ts'
import * as health from '../../shared/wire/health.ts'
import * as impersonation from '../../shared/wire/impersonation.ts'
import * as introspection from '../../shared/wire/introspection.ts'
import * as invitation from '../../shared/wire/invitation.ts'
import * as keys from '../../shared/wire/keys.ts'
import * as leaks from '../../shared/wire/leaks.ts'
import * as me from '../../shared/wire/me.ts'
import * as namespace from '../../shared/wire/namespace.ts'
import * as narrowing from '../../shared/wire/narrowing.ts'
import * as oauth from '../../shared/wire/oauth.ts'
import * as recovery from '../../shared/wire/recovery.ts'
import * as role from '../../shared/wire/role.ts'
import * as serviceAccount from '../../shared/wire/service-account.ts'
import * as session from '../../shared/wire/session.ts'
import * as setup from '../../shared/wire/setup.ts'
import * as sync from '../../shared/wire/sync.ts'
import * as tenant from '../../shared/wire/tenant.ts'
import * as tenantAccess from '../../shared/wire/tenant-access.ts'
import * as user from '../../shared/wire/user.ts'
import * as verify from '../../shared/wire/verify.ts'
import * as workload from '../../shared/wire/workload.ts'

const STRUCTURED = ['object', 'loose_object', 'array', 'variant']

export const schemaNames: Readonly<Record<string, v.GenericSchema>> = namedSchemas([
  apiToken,
  attributes,
  auditIntegrity,
  auditLog,
  backup,
  binding,
  common,
  deployments,
  error,
  exchange,
  files,
  configs,
  explain,
  federation,
  group,
  health,
  impersonation,
  introspection,
  invitation,
  keys,
  leaks,
  me,
  session,
  tenantAccess,
  namespace,
  narrowing,
  oauth,
  recovery,
  role,
  serviceAccount,
  setup,
  sync,
  tenant,
  user,
  verify,
  workload,
])

/** Objects and what is made of them. A text or a number says what it is where it stands. */
export function namedSchemas(modules: readonly object[]): Record<string, v.GenericSchema> {
  return Object.fromEntries(
    modules
      .flatMap((module) => Object.entries(module))
      .filter((entry): entry is [string, v.GenericSchema] => isStructured(entry[1])),
  )
}

function isStructured(value: unknown): boolean {
  const { kind, type } = Object(value) as { kind?: unknown; type?: unknown }
  return kind === 'schema' && STRUCTURED.includes(String(type))
}
