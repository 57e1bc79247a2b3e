/** The newest record of a kind. */

import { env } from 'cloudflare:workers'

export async function auditLog(type: string, resourceId: string): Promise<Record<string, unknown>> {
  const row = await env.DB.prepare(
    'SELECT * FROM audit_logs WHERE type = ? AND resource_id = ? ORDER BY rowid DESC LIMIT 1',
  )
    .bind(type, resourceId)
    .first<Record<string, unknown>>()
  if (!row) throw new Error(`There is no record of a ${type} of ${resourceId}`)
  return { ...row, before: JSON.parse(`${row.before}`), after: JSON.parse(`${row.after}`) }
}
