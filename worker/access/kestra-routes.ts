/**
 * The one table of Kestra's HTTP API: what a request to it takes. Open source and Enterprise, from 0.24 to 2.x.
 *
 * A segment is a word, several words with `|` between, a parameter in braces, or `**` for one or more of anything.
 * `{namespace}` is where the right must hold. Where it is only in the body, or not in the request at all, as with an
 * execution's id, the right must hold in the whole tenant: what cannot be seen is not assumed.
 *
 * Where a query may narrow a list, the path says how: `?filters` by `filters[namespace][EQUALS]`, `?namespace` by
 * `namespace`. That counts for reading only where Kestra is known to obey it, and never where something is changed by
 * query: a Kestra that did not know the filter would change everything.
 */

import type { Permission } from '../../shared/permissions.ts'

/** Lists are joined by "and", what is in one of them by "or". */
type Rights = ReadonlyArray<readonly Permission[]>
/** Anybody with a credential, the instance's administrators, or whoever holds the permissions. */
export type Takes = 'signedIn' | 'superadmin' | Permission | Rights

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Routes = Readonly<Record<string, Readonly<Partial<Record<Method, Takes>>>>>

const all = (...permissions: Permission[]): Rights => permissions.map((permission) => [permission])
const either = (...permissions: Permission[]): Rights => [permissions]

/** The same below another path. An empty key is that path itself. */
function below(base: string, routes: Routes): Routes {
  return Object.fromEntries(
    Object.entries(routes).map(([path, row]) => [
      /^$|^\?/.test(path) ? `${base}${path}` : `${base}/${path}`,
      row,
    ]),
  )
}

const flows = below('flows', {
  '': { POST: 'FLOW:CREATE' },
  'search?filters': { GET: 'FLOW:LIST' },
  source: { GET: 'FLOW:VIEW' },
  deprecated: { GET: 'FLOW:LIST' },
  'distinct-namespaces': { GET: 'FLOW:LIST' },
  'bulk?namespace': { POST: all('FLOW:CREATE', 'FLOW:UPDATE', 'FLOW:DELETE') },
  import: { POST: all('FLOW:IMPORT', 'FLOW:CREATE', 'FLOW:UPDATE') },
  'export/by-query?filters': { GET: 'FLOW:EXPORT' },
  'export/by-query/csv?filters': { GET: 'FLOW:EXPORT' },
  'export/by-ids': { POST: 'FLOW:EXPORT' },
  'delete/by-ids|by-query': { DELETE: 'FLOW:DELETE' },
  'disable/by-ids|by-query': { POST: 'FLOW:DISABLE' },
  'enable/by-ids|by-query': { POST: 'FLOW:ENABLE' },
  'graph|validate': { POST: 'FLOW:VALIDATE' },
  // A Kestra that does not know it yet would replace the flows of a namespace of that name.
  expressions: { POST: all('FLOW:VALIDATE', 'FLOW:CREATE', 'FLOW:UPDATE', 'FLOW:DELETE') },
  'validate/task|trigger': { POST: 'FLOW:VALIDATE' },
  'policies/preview': { POST: 'FLOW:VALIDATE' },
  // The body replaces the namespace's flows: what it leaves out is deleted.
  '{namespace}': { GET: 'FLOW:LIST', POST: all('FLOW:CREATE', 'FLOW:UPDATE', 'FLOW:DELETE') },
  '{namespace}/{flow}': { GET: 'FLOW:VIEW', PUT: 'FLOW:UPDATE', DELETE: 'FLOW:DELETE' },
  '{namespace}/{flow}/dependencies|graph': { GET: 'FLOW:VIEW' },
  '{namespace}/{flow}/revisions': { GET: 'FLOW:VIEW', DELETE: 'FLOW:DELETE' },
  '{namespace}/{flow}/tasks/{task}': { GET: 'FLOW:VIEW' },
  '{namespace}/{flow}/{task}': { PATCH: 'FLOW:UPDATE' },
})

/** A role in the old words has EXECUTION:CREATE for it, one in the new words FLOW:EXECUTE. */
const run = either('FLOW:EXECUTE', 'EXECUTION:CREATE')

/** What can be done with an execution. Its namespace is known to Kestra alone. */
const onExecution: Readonly<Record<string, Partial<Record<Method, Permission>>>> = {
  kill: { DELETE: 'EXECUTION:KILL' },
  'change-status|state': { POST: 'EXECUTION:UPDATE' },
  labels: { POST: 'EXECUTION:CHANGE_LABELS' },
  pause: { POST: 'EXECUTION:PAUSE' },
  'resume|resume-from-breakpoint': { POST: 'EXECUTION:RESUME' },
  'resume/validate': { POST: 'EXECUTION:RESUME' },
  'replay|replay-with-inputs': { POST: 'EXECUTION:REPLAY' },
  'replay/validate': { POST: 'EXECUTION:REPLAY' },
  restart: { POST: 'EXECUTION:RESTART' },
  unqueue: { POST: 'EXECUTION:UNQUEUE' },
  'force-run': { POST: 'EXECUTION:FORCE_RUN' },
  // An expression can read the flow's secrets, so it takes who may change the flow.
  eval: { POST: 'FLOW:UPDATE' },
  'eval/{taskRun}': { POST: 'FLOW:UPDATE' },
}

/** The same before Kestra 2, which would run a flow of that name instead: so it takes the right to run, too. */
const onExecutionBefore2: Routes = Object.fromEntries(
  Object.entries(onExecution).map(([path, { POST: permission, ...row }]) => [
    path,
    permission ? { POST: [[permission], ...run] } : row,
  ]),
)

const executions = {
  ...below('executions', {
    '?namespace': { GET: 'EXECUTION:LIST' },
    'search?filters': { GET: 'EXECUTION:LIST' },
    'distinct-field-values?filters': { GET: 'EXECUTION:LIST' },
    latest: { POST: 'EXECUTION:LIST' },
    'export/by-query/csv?filters': { GET: 'EXECUTION:EXPORT' },
    'by-ids|by-query': { DELETE: 'EXECUTION:DELETE' },
    'change-status/by-ids|by-query': { POST: 'EXECUTION:UPDATE' },
    'force-run/by-ids|by-query': { POST: 'EXECUTION:FORCE_RUN' },
    'kill/by-ids|by-query': { DELETE: 'EXECUTION:KILL' },
    'labels/by-ids|by-query': { POST: 'EXECUTION:CHANGE_LABELS' },
    'pause/by-ids|by-query': { POST: 'EXECUTION:PAUSE' },
    'replay/by-ids|by-query': { POST: 'EXECUTION:REPLAY' },
    'restart/by-ids|by-query': { POST: 'EXECUTION:RESTART' },
    'resume/by-ids|by-query': { POST: 'EXECUTION:RESUME' },
    'unqueue/by-ids|by-query': { POST: 'EXECUTION:UNQUEUE' },
    namespaces: { GET: run },
    'namespaces/{namespace}/flows': { GET: run },
    'flows/{namespace}/{flow}': { GET: 'EXECUTION:LIST' },
    'trigger/{namespace}/{flow}': { POST: run },
    '{namespace}/{flow}': { POST: run },
    '{namespace}/{flow}/validate': { POST: run },
    // To Kestra the key in the path is credential enough. Who sends webhooks through forward auth needs a token too.
    'webhook/{namespace}/{flow}/{key}': { GET: run, POST: run, PUT: run },
    'webhook/{namespace}/{flow}/{key}/**': { GET: run, POST: run, PUT: run },
    '{execution}': { GET: 'EXECUTION:VIEW', DELETE: 'EXECUTION:DELETE' },
    '{execution}/flow|graph': { GET: 'EXECUTION:VIEW' },
    '{execution}/follow|follow-dependencies': { GET: 'EXECUTION:FOLLOW' },
    '{execution}/file': { GET: 'EXECUTION:ACCESS_FILES' },
    '{execution}/file/metas|preview': { GET: 'EXECUTION:ACCESS_FILES' },
  }),
  ...below('executions/{execution}', onExecutionBefore2),
  ...below('executions/{execution}/actions', onExecution),
  'taskruns/search?filters': { GET: 'EXECUTION:LIST' },
  'outputs/{execution}': { GET: 'EXECUTION:ACCESS_OUTPUTS' },
  'outputs/{execution}/{taskRun}': { GET: 'EXECUTION:ACCESS_OUTPUTS' },
  'logs/search?filters': { GET: 'EXECUTION:ACCESS_LOGS' },
  'logs/{execution}': { GET: 'EXECUTION:ACCESS_LOGS', DELETE: 'EXECUTION:DELETE' },
  'logs/{execution}/download|follow': { GET: 'EXECUTION:ACCESS_LOGS' },
  'logs/{namespace}/{flow}': { DELETE: 'EXECUTION:DELETE' },
  'metrics/{execution}': { GET: 'EXECUTION:VIEW' },
  'metrics/names|tasks/{namespace}/{flow}': { GET: 'EXECUTION:VIEW' },
  'metrics/names/{namespace}/{flow}/{task}': { GET: 'EXECUTION:VIEW' },
  'metrics/aggregates/{namespace}/{flow}/{metric}': { GET: 'EXECUTION:VIEW' },
  'metrics/aggregates/{namespace}/{flow}/{task}/{metric}': { GET: 'EXECUTION:VIEW' },
  'concurrency-limit/search': { GET: 'EXECUTION:LIST' },
  'concurrency-limit/{namespace}/{flow}': { PUT: 'FLOW:UPDATE' },
  'expressions/render': { POST: 'FLOW:UPDATE' },
} satisfies Routes

const triggers = below('triggers', {
  // Whether it switches off or on stands in the body.
  '': { PUT: all('TRIGGER:DISABLE', 'TRIGGER:ENABLE') },
  'search?filters': { GET: 'TRIGGER:LIST' },
  'export/by-query/csv?filters': { GET: 'TRIGGER:EXPORT' },
  'set-disabled': { PUT: all('TRIGGER:DISABLE', 'TRIGGER:ENABLE') },
  'set-disabled/by-query|by-triggers': { POST: all('TRIGGER:DISABLE', 'TRIGGER:ENABLE') },
  'unlock/by-query|by-triggers': { POST: 'TRIGGER:UNLOCK' },
  'backfill/create|pause|unpause': { PUT: 'TRIGGER:BACKFILL' },
  'backfill/delete': { POST: 'TRIGGER:BACKFILL' },
  'backfill/delete|pause|unpause/by-query|by-triggers': { POST: 'TRIGGER:BACKFILL' },
  'delete/by-query|by-triggers': { DELETE: 'FLOW:DELETE' },
  '{namespace}/{flow}': { GET: 'TRIGGER:VIEW' },
  '{namespace}/{flow}/{trigger}': { DELETE: 'FLOW:DELETE' },
  '{namespace}/{flow}/{trigger}/restart': { POST: 'TRIGGER:RESTART' },
  '{namespace}/{flow}/{trigger}/unlock': { POST: 'TRIGGER:UNLOCK' },
})

const namespaces = below('namespaces', {
  '': { POST: 'NAMESPACE:CREATE' },
  search: { GET: 'NAMESPACE:LIST' },
  autocomplete: { POST: 'NAMESPACE:LIST' },
  '{namespace}': { GET: 'NAMESPACE:VIEW', PUT: 'NAMESPACE:UPDATE', DELETE: 'NAMESPACE:DELETE' },
  '{namespace}/inherited-variables|inherited-plugindefaults': { GET: 'NAMESPACE:VIEW' },
  '{namespace}/plugindefaults/export': { POST: 'NAMESPACE:EXPORT_PLUGIN_DEFAULTS' },
  '{namespace}/plugindefaults/import': { POST: 'NAMESPACE:IMPORT_PLUGIN_DEFAULTS' },
  '{namespace}/dependencies': { GET: 'FLOW:VIEW' },
  '{namespace}/files': {
    GET: 'NAMESPACE_FILE:VIEW',
    POST: 'NAMESPACE_FILE:CREATE',
    PUT: 'NAMESPACE_FILE:UPDATE',
    DELETE: 'NAMESPACE_FILE:DELETE',
  },
  '{namespace}/files/directory': { GET: 'NAMESPACE_FILE:LIST', POST: 'NAMESPACE_FILE:CREATE' },
  '{namespace}/files/search': { GET: 'NAMESPACE_FILE:LIST' },
  '{namespace}/files/export|revisions|stats': { GET: 'NAMESPACE_FILE:VIEW' },
  '{namespace}/kv': { GET: 'KVSTORE:LIST', DELETE: 'KVSTORE:DELETE' },
  '{namespace}/kv/inheritance': { GET: 'KVSTORE:LIST' },
  // A PUT makes what is not there and changes what is.
  '{namespace}/kv/{key}': {
    GET: 'KVSTORE:VIEW',
    PUT: all('KVSTORE:CREATE', 'KVSTORE:UPDATE'),
    DELETE: 'KVSTORE:DELETE',
  },
  '{namespace}/kv/{key}/detail': { GET: 'KVSTORE:VIEW' },
  '{namespace}/secrets': { GET: 'SECRET:LIST', PUT: all('SECRET:CREATE', 'SECRET:UPDATE') },
  '{namespace}/inherited-secrets': { GET: 'SECRET:LIST' },
  '{namespace}/secrets/{key}': { PATCH: 'SECRET:UPDATE', DELETE: 'SECRET:DELETE' },
  '{namespace}/credentials': { GET: 'CREDENTIAL:LIST', POST: 'CREDENTIAL:CREATE' },
  '{namespace}/credentials/inherited': { GET: 'CREDENTIAL:LIST' },
  '{namespace}/credentials/{name}': {
    GET: 'CREDENTIAL:VIEW',
    PUT: 'CREDENTIAL:UPDATE',
    DELETE: 'CREDENTIAL:DELETE',
  },
  '{namespace}/credentials/{name}/test': { POST: 'CREDENTIAL:UPDATE' },
  '{namespace}/reusable-inputs': { GET: 'REUSABLE_INPUTS:LIST' },
  '{namespace}/reusable-inputs/{id}': {
    GET: 'REUSABLE_INPUTS:VIEW',
    PUT: all('REUSABLE_INPUTS:CREATE', 'REUSABLE_INPUTS:UPDATE'),
    DELETE: 'REUSABLE_INPUTS:DELETE',
  },
  '{namespace}/reusable-inputs/{id}/revisions': { GET: 'REUSABLE_INPUTS:VIEW' },
})

/** A chart shows what executions did, whichever namespace they ran in. */
const chart = all('DASHBOARD:VIEW', 'EXECUTION:LIST')

const content = {
  'kv?filters': { GET: 'KVSTORE:LIST' },
  'secrets?filters': { GET: 'SECRET:LIST' },
  'reusable-inputs/namespaces': { GET: 'REUSABLE_INPUTS:LIST' },
  credentials: { GET: 'CREDENTIAL:LIST', POST: 'CREDENTIAL:CREATE' },
  'credentials/{id}': { GET: 'CREDENTIAL:VIEW', PUT: 'CREDENTIAL:UPDATE', DELETE: 'CREDENTIAL:DELETE' },
  'credentials/{id}/test': { POST: 'CREDENTIAL:UPDATE' },
  dependencies: { GET: 'FLOW:LIST' },
  ...below('dashboards', {
    '': { GET: 'DASHBOARD:LIST', POST: 'DASHBOARD:CREATE' },
    validate: { POST: 'DASHBOARD:VIEW' },
    'validate/chart': { POST: 'DASHBOARD:VIEW' },
    'settings/default-dashboards': { GET: 'DASHBOARD:VIEW' },
    'charts/preview': { POST: chart },
    'charts/export/to-csv': { POST: chart },
    '{id}': { GET: 'DASHBOARD:VIEW', PUT: 'DASHBOARD:UPDATE', DELETE: 'DASHBOARD:DELETE' },
    '{id}/charts/{chart}': { POST: chart },
    '{id}/charts/{chart}/export/to-csv': { POST: chart },
  }),
  ...below('blueprints', {
    'community/{kind}': { GET: 'signedIn' },
    'community/{kind}/tags': { GET: 'signedIn' },
    'community/{kind}/{id}': { GET: 'signedIn' },
    'community/{kind}/{id}/graph|source': { GET: 'signedIn' },
    custom: { GET: 'BLUEPRINT:LIST', POST: 'BLUEPRINT:CREATE' },
    'custom/tags': { GET: 'BLUEPRINT:LIST' },
    'custom/{id}': { GET: 'BLUEPRINT:VIEW', PUT: 'BLUEPRINT:UPDATE', DELETE: 'BLUEPRINT:DELETE' },
    'custom/{id}/source': { GET: 'BLUEPRINT:VIEW' },
    'flow/{id}': { GET: 'BLUEPRINT:VIEW' },
    flows: { POST: 'BLUEPRINT:CREATE' },
    'flows/{id}': { GET: 'BLUEPRINT:VIEW', PUT: 'BLUEPRINT:UPDATE', DELETE: 'BLUEPRINT:DELETE' },
    'flows/{id}/use-template': { POST: 'BLUEPRINT:VIEW' },
  }),
  ...below('apps', {
    '': { POST: 'APP:CREATE', DELETE: 'APP:DELETE' },
    'catalog|search|tags': { GET: 'APP:LIST' },
    'enable|disable': { POST: 'APP:UPDATE' },
    export: { POST: 'APP:VIEW' },
    import: { POST: all('APP:CREATE', 'APP:UPDATE') },
    preview: { POST: 'APP:CREATE' },
    'preview/dispatch/{dispatch}': { POST: 'APP:CREATE' },
    'view/{app}': { GET: 'APP:VIEW' },
    'view/{app}/dispatch/{dispatch}': { POST: 'APP:EXECUTE' },
    'view/{app}/streams/{stream}': { GET: 'APP:EXECUTE' },
    'view/{app}/file/download|meta|preview': { GET: 'APP:ACCESS_FILES' },
    'view/{app}/logs/download': { GET: 'APP:ACCESS_LOGS' },
    '{app}': { GET: 'APP:VIEW', PUT: 'APP:UPDATE', DELETE: 'APP:DELETE' },
    '{app}/enable|disable': { POST: 'APP:UPDATE' },
  }),
  ...below('assets', {
    '': { POST: 'ASSET:CREATE' },
    'by-ids|by-query': { DELETE: 'ASSET:DELETE' },
    search: { GET: 'ASSET:LIST' },
    'lineage-events|usages/search': { GET: 'ASSET:LIST' },
    'lineage-events|usages/by-query': { DELETE: 'ASSET:DELETE' },
    '{id}': { GET: 'ASSET:VIEW', DELETE: 'ASSET:DELETE' },
    '{id}/dependencies': { GET: 'ASSET:VIEW' },
    '{id}/lock': { POST: 'ASSET:UPDATE', DELETE: 'ASSET:UPDATE' },
  }),
  ...below('tests', {
    '': { POST: 'TESTSUITE:CREATE' },
    'by-ids': { DELETE: 'TESTSUITE:DELETE' },
    'enable|disable/by-ids': { POST: 'TESTSUITE:UPDATE' },
    search: { GET: 'TESTSUITE:LIST' },
    'results/search': { GET: 'TESTSUITE:LIST' },
    'results/search/last': { POST: 'TESTSUITE:LIST' },
    'results/{id}': { GET: 'TESTSUITE:VIEW' },
    validate: { POST: 'TESTSUITE:VIEW' },
    run: { POST: 'TESTSUITE:EXECUTE' },
    '{namespace}/{id}': { GET: 'TESTSUITE:VIEW', PUT: 'TESTSUITE:UPDATE', DELETE: 'TESTSUITE:DELETE' },
    '{namespace}/{id}/run': { POST: 'TESTSUITE:EXECUTE' },
  }),
  'ai/generate/app|dashboard|flow|test': { POST: 'COPILOT:USE' },
  'ai/providers': { GET: 'COPILOT:USE' },
} satisfies Routes

const scim = (resource: 'USER' | 'GROUP'): Routes => ({
  '': { GET: `${resource}:LIST`, POST: `${resource}:CREATE` },
  '.search': { POST: `${resource}:LIST` },
  '{id}': {
    GET: `${resource}:VIEW`,
    PUT: `${resource}:UPDATE`,
    PATCH: `${resource}:UPDATE`,
    DELETE: `${resource}:DELETE`,
  },
})

const people = {
  ...below('service-accounts', {
    '': { GET: 'SERVICE_ACCOUNT:LIST', POST: 'SERVICE_ACCOUNT:CREATE' },
    '{id}': {
      GET: 'SERVICE_ACCOUNT:VIEW',
      PUT: 'SERVICE_ACCOUNT:UPDATE',
      DELETE: 'SERVICE_ACCOUNT:DELETE',
    },
    '{id}/api-tokens': { GET: 'SERVICE_ACCOUNT:VIEW', POST: 'SERVICE_ACCOUNT:UPDATE' },
    '{id}/api-tokens/{token}': { DELETE: 'SERVICE_ACCOUNT:DELETE' },
  }),
  ...below('groups', {
    '': { POST: 'GROUP:CREATE' },
    search: { GET: 'GROUP:LIST' },
    'autocomplete|ids': { POST: 'GROUP:LIST' },
    '{id}': { GET: 'GROUP:VIEW', PUT: 'GROUP:UPDATE', DELETE: 'GROUP:DELETE' },
    '{id}/members': { GET: 'GROUP:VIEW' },
    '{id}/members/{user}': { PUT: 'GROUP:MANAGE_MEMBERS', DELETE: 'GROUP:MANAGE_MEMBERS' },
    '{id}/members/membership/{user}': { PUT: 'GROUP:MANAGE_MEMBERS' },
  }),
  ...below('roles', {
    '': { POST: 'ROLE:CREATE' },
    search: { GET: 'ROLE:LIST' },
    'autocomplete|ids': { POST: 'ROLE:LIST' },
    '{id}': { GET: 'ROLE:VIEW', PUT: 'ROLE:UPDATE', DELETE: 'ROLE:DELETE' },
  }),
  'acls/actions|permissions|templates': { GET: 'ROLE:VIEW' },
  ...below('bindings', {
    '': { POST: 'BINDING:CREATE' },
    bulk: { POST: 'BINDING:CREATE' },
    search: { GET: 'BINDING:LIST' },
    '{id}': { GET: 'BINDING:VIEW', DELETE: 'BINDING:DELETE' },
  }),
  ...below('tenant-access', {
    '': { GET: 'USER:LIST', POST: 'USER:CREATE' },
    autocomplete: { POST: 'USER:LIST' },
    '{user}': { GET: 'USER:VIEW', PUT: 'USER:CREATE', DELETE: 'USER:DELETE' },
  }),
  'users/{id}/groups': { PUT: 'USER:MANAGE_GROUP_MEMBERSHIP' },
  ...below('invitations', {
    '': { POST: 'INVITATION:CREATE' },
    search: { GET: 'INVITATION:LIST' },
    'email/{email}': { GET: 'INVITATION:VIEW' },
    '{id}': { GET: 'INVITATION:VIEW', DELETE: 'INVITATION:DELETE' },
  }),
  ...below('integrations/{integration}/scim/v2/Users', scim('USER')),
  ...below('integrations/{integration}/scim/v2/Groups', scim('GROUP')),
  'integrations/{integration}/scim/v2/ResourceTypes|Schemas|ServiceProviderConfig': { GET: 'USER:LIST' },
  'integrations/{integration}/scim/v2/ResourceTypes|Schemas/{name}': { GET: 'USER:LIST' },
  ...below('auditlogs', {
    search: { GET: 'AUDITLOG:LIST' },
    find: { POST: 'AUDITLOG:LIST' },
    export: { GET: 'AUDITLOG:EXPORT' },
    'history/{id}': { GET: 'AUDITLOG:VIEW' },
    '{id}/diff': { GET: 'AUDITLOG:VIEW' },
  }),
} satisfies Routes

const policies: Routes = {
  '': { POST: 'superadmin' },
  'delete/by-ids': { DELETE: 'superadmin' },
  'export|import': { POST: 'superadmin' },
  'export/by-ids': { POST: 'superadmin' },
  search: { GET: 'superadmin' },
  '{id}': { GET: 'superadmin', PUT: 'superadmin', DELETE: 'superadmin' },
  '{id}/evaluate': { GET: 'superadmin' },
}

/** For these no role has a permission. */
const settings = {
  'quota-limits|usages': { GET: 'TENANT_SETTINGS:VIEW' },
  'usages/all': { GET: 'TENANT_SETTINGS:VIEW' },
  'stats/generate-reports': { GET: 'TENANT_SETTINGS:VIEW' },
  'worker-selectors/tags': { GET: 'FLOW:LIST' },
  // Sets the password of an open-source Kestra.
  basicAuth: { POST: 'superadmin' },
  ...below('policies', policies),
  ...below('namespaces/{namespace}/policies', policies),
  ...below('mcp/servers', {
    '': { GET: 'superadmin', POST: 'superadmin' },
    '{id}': { GET: 'superadmin', PUT: 'superadmin', DELETE: 'superadmin' },
    '{id}/toggle': { PATCH: 'superadmin' },
    '{id}/tools': { GET: 'superadmin' },
  }),
  ...below('security-integrations', {
    '': { GET: 'superadmin', POST: 'superadmin' },
    search: { GET: 'superadmin' },
    '{id}': { GET: 'superadmin', DELETE: 'superadmin' },
    '{id}/enable|disable': { POST: 'superadmin' },
  }),
  'support/debug-info': { GET: 'superadmin' },
  'support/forward': { POST: 'superadmin' },
} satisfies Routes

/** Below `/api/v1/{tenant}`. */
export const tenantRoutes: Routes = {
  ...flows,
  ...executions,
  ...triggers,
  ...namespaces,
  ...content,
  ...people,
  ...settings,
}

const accounts: Routes = {
  '': { GET: 'superadmin', POST: 'superadmin' },
  '{id}': { GET: 'superadmin', PUT: 'superadmin', PATCH: 'superadmin', DELETE: 'superadmin' },
  '{id}/api-tokens': { GET: 'superadmin', POST: 'superadmin' },
  '{id}/api-tokens/{token}': { DELETE: 'superadmin' },
  '{id}/superadmin|instance-owner|restricted|password': { PATCH: 'superadmin' },
}

/** Below `/api/v1`: the instance itself, and what everybody may see who is signed in. */
export const instanceRoutes: Routes = {
  ...below('users', accounts),
  'users/{id}/auths/{auth}': { DELETE: 'superadmin' },
  'users/{id}/impersonate': { POST: 'superadmin' },
  'users/{id}/refresh-token': { DELETE: 'superadmin' },
  ...below('service-accounts', accounts),
  ...below('tenants', {
    '': { POST: 'superadmin' },
    search: { GET: 'superadmin' },
    '{id}': { GET: 'superadmin', PUT: 'superadmin', DELETE: 'superadmin' },
    '{id}/logo': { POST: 'superadmin' },
    '{id}/apps-catalog': { GET: 'superadmin', POST: 'superadmin' },
    '{id}/apps-catalog/logo': { POST: 'superadmin', DELETE: 'superadmin' },
    '{id}/settings/default-dashboards': { GET: 'superadmin', POST: 'superadmin' },
  }),
  'auditlogs/search|export': { GET: 'superadmin' },
  'auditlogs/{id}/diff': { GET: 'superadmin' },
  'instance/**': {
    GET: 'superadmin',
    POST: 'superadmin',
    PUT: 'superadmin',
    PATCH: 'superadmin',
    DELETE: 'superadmin',
  },
  banners: { POST: 'superadmin' },
  'banners/search': { GET: 'signedIn' },
  'banners/{id}': { PUT: 'superadmin', DELETE: 'superadmin' },
  'kill-switches': { POST: 'superadmin' },
  'kill-switches/search': { GET: 'superadmin' },
  'kill-switches/{id}': { PUT: 'superadmin', DELETE: 'superadmin' },
  setup: { GET: 'signedIn', POST: 'superadmin' },
  'license/refresh': { GET: 'superadmin' },
  'main-tenant-flows': { GET: 'superadmin' },

  me: { GET: 'signedIn', PATCH: 'signedIn' },
  'me/api-tokens': { GET: 'signedIn', POST: 'signedIn' },
  'me/api-tokens/{token}': { DELETE: 'signedIn' },
  'me/invitations': { GET: 'signedIn' },
  'me/password': { PUT: 'signedIn' },
  'auths|basicAuthValidationErrors|configs|license-info': { GET: 'signedIn' },
  'configs/login': { GET: 'signedIn' },
  'login|logout|forgotten-password|reset-password|validate-password': { POST: 'signedIn' },
  'request-code/{email}': { GET: 'signedIn' },
  'invitation/accept|create/{invitation}': { POST: 'signedIn' },
  'notifications/history|since|unread-count': { GET: 'signedIn' },
  'notifications/read-all': { POST: 'signedIn' },
  'notifications/{id}/read|unread': { POST: 'signedIn' },
  'pebble/filters|functions': { GET: 'signedIn' },
  plugins: { GET: 'signedIn' },
  'plugins/pluginUiManifest': { POST: 'signedIn' },
  'plugins/**': { GET: 'signedIn' },
}

/** Kestra's own pages. What they show they fetch from the API. */
export const pageRoutes: Routes = {
  '': { GET: 'signedIn' },
  ui: { GET: 'signedIn' },
  'ui/**': { GET: 'signedIn' },
  login: { POST: 'signedIn' },
  logout: { GET: 'signedIn' },
}

/**
 * What begins with one of these is about accounts and what they may do. Behind a gateway that would be Kestra's own
 * accounts, or the very one that the gateway signs in with.
 */
export const accountWords: ReadonlySet<string> = new Set([
  ...['users', 'service-accounts', 'groups', 'roles', 'acls', 'bindings', 'tenants', 'tenant-access'],
  ...['me', 'auths', 'login', 'logout', 'setup', 'basicAuth', 'basicAuthValidationErrors'],
  ...['forgotten-password', 'reset-password', 'validate-password', 'request-code'],
  ...['invitation', 'invitations', 'integrations', 'security-integrations', 'auditlogs', 'notifications'],
])
