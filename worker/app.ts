/** The application: every route mounted, and what answers when none fits or something breaks. */

import { Hono } from 'hono'
import { failurePage } from './console/failure.tsx'
import { namespacePages } from './console/pages/namespaces/index.ts'
import { mountConsole } from './console/serve.tsx'
import type { Edge } from './edge.ts'
import type { Kestra } from './gateway/kestra.ts'
import { finish, headOf, refuse, renderRefusal } from './http/answer.ts'
import { conclude } from './http/conclude.ts'
import type { Route } from './http/route.ts'
import { aclRoutes } from './http/routes/acls.ts'
import { apiTokenRoutes } from './http/routes/api-tokens.ts'
import { auditIntegrityRoutes } from './http/routes/audit-integrity.ts'
import { auditLogRoutes } from './http/routes/audit-logs.ts'
import { backupRoutes } from './http/routes/backup.ts'
import { bindingRoutes } from './http/routes/bindings.ts'
import { configRoutes, instanceRoutes } from './http/routes/configs.ts'
import { deploymentRoutes } from './http/routes/deployments.ts'
import { explainRoutes } from './http/routes/explain.ts'
import { federatedCredentialRoutes } from './http/routes/federated-credentials.ts'
import { fileRoutes } from './http/routes/files.ts'
import { groupRoutes } from './http/routes/groups.ts'
import { healthRoutes } from './http/routes/health.ts'
import { impersonationRoutes } from './http/routes/impersonation.ts'
import { invitationRoutes } from './http/routes/invitations.ts'
import { issuerRoutes } from './http/routes/issuers.ts'
import { kestraRoutes, withoutFiles } from './http/routes/kestra.ts'
import { keyRoutes } from './http/routes/keys.ts'
import { leakRoutes } from './http/routes/leaks.ts'
import { meRoutes } from './http/routes/me.ts'
import { metadataRoutes } from './http/routes/metadata.ts'
import { metricsRoutes } from './http/routes/metrics.ts'
import { namespaceRoutes } from './http/routes/namespaces.ts'
import { oauthRoutes } from './http/routes/oauth.ts'
import { openApiRoutes } from './http/routes/openapi.ts'
import { recoveryRoutes } from './http/routes/recovery.ts'
import { roleRoutes } from './http/routes/roles.ts'
import { serviceAccountRoutes } from './http/routes/service-accounts.ts'
import { sessionRoutes } from './http/routes/sessions.ts'
import { setupRoutes } from './http/routes/setup.ts'
import { syncRoutes } from './http/routes/sync.ts'
import { tenantAccessRoutes } from './http/routes/tenant-access.ts'
import { tenantRoutes } from './http/routes/tenants.ts'
import { userRoutes } from './http/routes/users.ts'
import { verifyRoutes } from './http/routes/verify.ts'
import { type HonoEnv, serve } from './http/serve.ts'
import { isStorageFailure, RestorePending, rootMessage } from './storage/database.ts'

/** In this order: a literal segment before a parameter in the same place. */
function routesOf(kestra: Kestra | undefined): readonly Route[] {
  const mounted: readonly Route[] = [
    ...setupRoutes,
    ...recoveryRoutes,
    ...backupRoutes,
    ...sessionRoutes,
    ...configRoutes,
    ...(kestra ? [] : instanceRoutes),
    ...meRoutes,
    ...oauthRoutes,
    ...leakRoutes,
    ...verifyRoutes,
    ...metadataRoutes,
    ...issuerRoutes,
    ...keyRoutes,
    ...userRoutes,
    ...impersonationRoutes,
    ...apiTokenRoutes,
    ...federatedCredentialRoutes,
    ...serviceAccountRoutes,
    ...groupRoutes,
    ...roleRoutes,
    ...bindingRoutes,
    ...tenantAccessRoutes,
    ...invitationRoutes,
    ...aclRoutes,
    ...explainRoutes,
    ...(kestra ? [] : [...syncRoutes, ...fileRoutes, ...deploymentRoutes]),
    ...tenantRoutes,
    ...(kestra ? [] : namespaceRoutes),
    ...auditIntegrityRoutes,
    ...auditLogRoutes,
    ...healthRoutes,
    ...metricsRoutes,
    ...openApiRoutes(() => mounted),
  ]
  return mounted
}

/** Of a Postern that stands alone. */
export const routes = routesOf(undefined)

/** In front of a Kestra, what Postern has no route of its own for. */
const routesTo = (kestra: Kestra): readonly Route[] => [
  ...withoutFiles([...syncRoutes, ...deploymentRoutes]),
  ...kestraRoutes(kestra),
]

/** What Kestra's older clients also call without a tenant, and then mean `main`. */
const TENANT = '/api/v1/:tenant/'
const FILES = 'namespaces/:namespace/files'
const WITHOUT_TENANT = /^(namespaces|groups|roles|bindings|tenant-access|invitations|acls)\b/

function pathsWithoutTenant({ path }: Route): string[] {
  const rest = path.startsWith(TENANT) ? path.slice(TENANT.length) : ''
  if (!WITHOUT_TENANT.test(rest)) return []
  // The oldest form of all: `/api/v1/files/{namespace}`.
  const oldest = rest.startsWith(FILES) ? [`/api/v1/files/:namespace${rest.slice(FILES.length)}`] : []
  return [`/api/v1/${rest}`, ...oldest]
}

const RESTORE_PENDING = {
  status: 503,
  code: 'restore_pending',
  message:
    'Service Unavailable: the database was put back to an earlier state, or imported. An administrator must confirm it.',
  headers: { 'Retry-After': '60' },
}

export function createApp({ consolePath, kestra }: Pick<Edge, 'consolePath' | 'kestra'>): Hono<HonoEnv> {
  const app = new Hono<HonoEnv>()
  const own = kestra ? routesOf(kestra) : routes
  const behind = kestra ? routesTo(kestra) : []
  app.use(async (c, next) => {
    c.set('requestId', crypto.randomUUID())
    await next()
    if (!c.var.hasHead) finish(c.res, headOf(c.var.requestId))
    conclude(c)
  })
  // First, because their first segment is a word that no tenant may be called.
  for (const route of [...own, ...behind]) {
    for (const path of pathsWithoutTenant(route)) app.on(route.method, path, serve(route))
  }
  for (const route of own) app.on(route.method, route.path, serve(route))
  mountConsole(app, consolePath, kestra ? [] : namespacePages)
  for (const route of behind) app.on(route.method, route.path, serve(route))
  app.notFound((c) =>
    refuse({ code: 'route_not_found' }, { pathname: c.req.path, requestId: c.var.requestId }).toResponse(),
  )
  app.onError((error, c) => {
    const { requestId } = c.var
    const isStorage = isStorageFailure(error)
    // The outer messages of a failed query hold its parameters; the innermost is D1's own.
    console.error(JSON.stringify({ level: 'error', requestId, isStorage, error: rootMessage(error) }))
    const refusal =
      error instanceof RestorePending
        ? RESTORE_PENDING
        : isStorage
          ? {
              status: 503,
              code: 'storage_unavailable',
              message: 'Service Unavailable: storage did not answer. Try again.',
              headers: { 'Retry-After': '5' },
            }
          : { status: 500, code: 'internal', message: 'Internal server error' }
    const trace = c.get('trace')
    if (trace) trace.error = refusal
    const isPage = c.req.path.startsWith(`${consolePath}/`)
    if (isPage) return failurePage(consolePath, refusal, requestId)
    return renderRefusal(refusal, { pathname: c.req.path, requestId }).toResponse()
  })
  return app
}
