/** Whether the audit log is as it was sealed: the instance's business, since it is one log for all tenants. */

import * as v from 'valibot'
import { AuditIntegrity, type CheckedSeal } from '../../../shared/wire/audit-integrity.ts'
import { toDateTime } from '../../../shared/wire/common.ts'
import { type Checked, checkIntegrity, IntegrityCursor, type Named } from '../../audit/integrity.ts'
import { json } from '../answer.ts'
import { route, superadmin } from '../route.ts'

export const auditIntegrityRoutes = [
  route({
    method: 'GET',
    path: '/api/v1/auditlogs/integrity',
    summary: 'Hold the audit log against its seals, a stretch at a time, the newest first',
    access: superadmin,
    query: v.object({ cursor: v.optional(IntegrityCursor) }),
    answers: { 200: AuditIntegrity },
    handle: async ({ edge: { db, seals, keys }, query }) => {
      const found = await checkIntegrity(db, seals, keys, query.cursor)
      const { checked, sealedUntil, unsealedSince, next } = found
      return json(200, {
        intact: checked.every(({ state }) => state === 'INTACT'),
        results: checked.map(toWire),
        ...(sealedUntil === undefined ? {} : { sealedUntil: toDateTime(sealedUntil) }),
        ...(unsealedSince === undefined ? {} : { unsealedSince: toDateTime(unsealedSince) }),
        next,
      } satisfies Partial<Record<keyof AuditIntegrity, unknown>>)
    },
  }),
]

function toWire(checked: Checked): CheckedSeal {
  const { number, state } = checked
  if (!('finding' in checked)) return { number, state }
  const { seal, edited, missing, added, backdated, swept, takenBack } = checked.finding
  return {
    number,
    state,
    sealedAt: toDateTime(seal.sealedAt),
    records: seal.records.length,
    edited: edited.map(toNamed),
    missing: missing.map(toNamed),
    added: added.map(toNamed),
    backdated: backdated.map(toNamed),
    swept,
    takenBack,
    ...(seal.restore === null ? {} : { restore: seal.restore }),
  }
}

const toNamed = ({ id, at }: Named) => ({ id, date: toDateTime(at) })
