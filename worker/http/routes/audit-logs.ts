/** The audit log: the same calls at the instance, which sees everything, and in a tenant. */

import * as v from 'valibot'
import { patchBetween } from '../../../shared/json-patch.ts'
import { TenantId } from '../../../shared/names.ts'
import {
  AuditDiff,
  AuditEntry,
  AuditHistory,
  AuditQuery,
  DiffQuery,
  FindAuditLog,
  FoundAuditEntry,
} from '../../../shared/wire/audit-log.ts'
import { Id, pageOf, toDateTime } from '../../../shared/wire/common.ts'
import type { Principal } from '../../access/principal.ts'
import { refuseObject, statesOf } from '../../access/see-record.ts'
import {
  type AuditRow,
  diffOf,
  findAuditLog,
  findNewest,
  historyOf,
  listAuditLogs,
  readAuditLogs,
} from '../../audit/read.ts'
import { json } from '../answer.ts'
import { CSV, exportAs, NDJSON } from '../audit-export.ts'
import { jsonBody } from '../body.ts'
import type { EdgeError } from '../refusal.ts'
import { type Access, permit, type Route, route, superadmin } from '../route.ts'

/** The first is the one that Kestra's clients know. */
const EXPORTS = [
  ['/export', CSV],
  ['/export.ndjson', NDJSON],
] as const

type NotPublic = Exclude<Access, { kind: 'public' }>

export const auditLogRoutes = [
  ...auditLogsUnder('/api/v1/auditlogs', { list: superadmin, view: superadmin, export: superadmin }),
  ...auditLogsUnder('/api/v1/:tenant/auditlogs', {
    list: permit('AUDITLOG:LIST'),
    view: permit('AUDITLOG:VIEW'),
    export: permit('AUDITLOG:EXPORT'),
  }),
]

function auditLogsUnder(base: string, access: Record<'list' | 'view' | 'export', NotPublic>): Route[] {
  // At the instance there is no tenant in the path, and every record is shown.
  const tenant = v.object({ tenant: v.optional(TenantId) })
  const record = v.object({ ...tenant.entries, id: Id })
  return [
    route({
      method: 'GET',
      path: `${base}/search`,
      summary: 'List the records of the audit log, the newest first',
      access: access.list,
      params: tenant,
      query: AuditQuery,
      answers: { 200: pageOf(AuditEntry) },
      handle: async ({ edge, principal, params, query }) => {
        const { results, total } = await listAuditLogs(edge.db, query, params.tenant)
        return json(200, { results: results.map((row) => toWire(principal, row)), total })
      },
    }),
    route({
      method: 'POST',
      path: `${base}/find`,
      summary: 'Find the newest record about a resource; an empty object where there is none',
      access: access.view,
      params: tenant,
      body: jsonBody(FindAuditLog),
      answers: { 200: FoundAuditEntry },
      handle: async ({ edge, principal, params, body }) => {
        const found = await findNewest(edge.db, body, params.tenant)
        return json(200, found ? toWire(principal, found) : {})
      },
    }),
    route({
      method: 'GET',
      path: `${base}/history/:id`,
      summary: 'List what happened to one object; takes the right to view it as well',
      access: access.view,
      params: record,
      answers: { 200: AuditHistory },
      handle: async ({ edge, principal, params }) => {
        const logs = await historyOf(edge.db, params.id, params.tenant)
        const shown = logs.filter((log) => !refuseObject(principal, log))
        return json(
          200,
          shown.map(({ id, at, actorName }) => ({ id, date: toDateTime(at), username: actorName })),
        )
      },
    }),
    route({
      method: 'GET',
      path: `${base}/:id/diff`,
      summary: 'Compare an object before and after; takes the right to view it as well',
      access: access.view,
      params: record,
      query: DiffQuery,
      answers: { 200: AuditDiff },
      handle: async ({ edge, principal, params, query }) => {
        const missing = (id: string): EdgeError => ({ code: 'not_found', what: 'audit record', id })
        const log = await findAuditLog(edge.db, params.id, params.tenant)
        if (!log) return missing(params.id)
        const refusal = refuseObject(principal, log)
        if (refusal) return refusal
        if (query.previousId === undefined) return json(200, diffOf(log))
        const previous = await findAuditLog(edge.db, query.previousId, params.tenant)
        return previous?.resourceId === log.resourceId && previous.resource === log.resource
          ? json(200, diffOf(log, previous))
          : missing(query.previousId)
      },
    }),
    ...EXPORTS.map(([path, format]) =>
      route({
        method: 'GET',
        path: `${base}${path}`,
        summary: `Export the records of the audit log as ${format.name}; a list’s filters apply`,
        access: access.export,
        params: tenant,
        query: AuditQuery,
        answers: { 200: format.mediaType },
        handle: ({ edge, principal, params, query }) =>
          exportAs(format, principal, readAuditLogs(edge.db, query, params.tenant)),
      }),
    ),
  ]
}

function toWire(principal: Principal, { log, actorKind }: AuditRow): AuditEntry {
  const { tenantId, namespace, ipAddress, impersonatorName, resource } = log
  const { before, after } = statesOf(principal, log)
  return {
    auditLog: {
      id: log.id,
      ...(tenantId === null ? {} : { tenantId }),
      type: log.type,
      detail: {
        resource,
        resourceType: resource,
        type: resource,
        id: log.resourceId,
        ...(namespace === null ? {} : { namespace }),
      },
      date: toDateTime(log.at),
      userId: log.actorId,
      ...(ipAddress === null ? {} : { ipAddress }),
      ...(impersonatorName === null ? {} : { impersonatedBy: impersonatorName }),
      appliedPatch: patchBetween(before, after),
      revertPatch: patchBetween(after, before),
    },
    user: {
      id: log.actorId,
      username: log.actorName,
      ...(actorKind === null ? {} : { type: actorKind === 'USER' ? 'STANDARD' : 'SERVICE_ACCOUNT' }),
    },
  }
}
