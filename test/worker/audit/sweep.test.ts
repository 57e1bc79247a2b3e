import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { sweepRecords } from '../../../worker/audit/sweep.ts'
import { readSettings } from '../../../worker/settings.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { ADMIN, createAdmin, freshEdge, signIn } from '../support/edge.ts'

const DAY = 86_400_000
const db = openDatabase(env.DB)
beforeAll(freshEdge)

const count = async (sql: string) => env.DB.prepare(`SELECT count(*) AS n FROM ${sql}`).first<number>('n')
const insertOld = (id: string, at: number) =>
  env.DB.prepare(
    "INSERT INTO audit_logs (id, at, type, resource, resource_id, actor_id, actor_name, request_id) VALUES (?, ?, 'CREATE', 'ROLE', 'r', 'a', 'a', 'q')",
  )
    .bind(id, at)
    .run()

describe('sweepRecords', () => {
  it('takes records that are older than they are to be kept, and no other', async () => {
    const now = Date.now()
    const others = await count('audit_logs')
    await insertOld('older', now - 400 * DAY)
    await insertOld('younger', now - 300 * DAY)
    await sweepRecords(db, 0, now)
    expect(await count('audit_logs')).toBe((others ?? 0) + 2)
    await sweepRecords(db, now - 365 * DAY, now)
    expect(await count("audit_logs WHERE id IN ('older', 'younger')")).toBe(1)
    expect(await count('audit_logs')).toBe((others ?? 0) + 1)
    const total = await env.DB.prepare("SELECT total FROM totals WHERE list = 'audit_logs'").first('total')
    expect(total).toBe(await count('audit_logs'))
  })

  it('takes sessions that are over, and leaves API tokens to be seen', async () => {
    const { tokenId } = await createAdmin()
    await signIn(ADMIN.username, ADMIN.password)
    await env.DB.prepare('UPDATE tokens SET expires_at = 1 WHERE id = ?').bind(tokenId).run()
    await sweepRecords(db, 0, Date.now())
    expect(await count("tokens WHERE kind = 'SESSION'")).toBe(1)
    await sweepRecords(db, 0, Date.now() + DAY)
    expect(await count("tokens WHERE kind = 'SESSION'")).toBe(0)
    expect(await count('tokens')).toBe(1)
  })
})

describe('AUDIT_RETENTION_DAYS', () => {
  const read = (AUDIT_RETENTION_DAYS?: string) =>
    readSettings({ ...env, ...(AUDIT_RETENTION_DAYS === undefined ? {} : { AUDIT_RETENTION_DAYS }) })
      .auditKeptMs

  it('is a year unless it is said, and never below what the database insists on', () => {
    expect(read()).toBe(365 * DAY)
    expect(read('0')).toBe(0)
    expect(read('90')).toBe(90 * DAY)
    for (const wrong of ['89', '1', '-1', '', '1e3'])
      expect(() => read(wrong)).toThrow('AUDIT_RETENTION_DAYS')
  })
})
