import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Actor, type Deed, record } from '../../../worker/audit/record.ts'
import { openDatabase, write } from '../../../worker/storage/database.ts'
import { dumpTables, freshEdge, inventory } from '../support/edge.ts'

const db = openDatabase(env.DB)
const actor: Actor = { accountId: 'a', name: 'ada', requestId: 'r', now: 1_000 }
const deed: Deed = { type: 'UPDATE', resource: 'USER', id: 'u' }

const rows = async (table: string) =>
  (await env.DB.prepare(`SELECT * FROM ${table} WHERE at = 1000`).all()).results

describe('record', () => {
  beforeAll(freshEdge)

  it('writes who, what and what it puts an end to, in the transaction of the change', async () => {
    const written = await write(db, [
      sql`UPDATE accounts SET description = 'x' WHERE id = 'nobody'`,
      ...record(
        db,
        { ...actor, impersonator: { accountId: 'i', name: 'ines' }, tokenId: 't', ipAddress: '192.0.2.1' },
        {
          ...deed,
          tenant: 'main',
          before: { name: 'old' },
          after: { name: 'new' },
          ends: [
            { kind: 'account', ref: 'u' },
            { kind: 'group', ref: 'g' },
          ],
        },
      ),
    ])
    expect(written.ok).toBe(true)
    expect(await rows('audit_logs')).toEqual([
      expect.objectContaining({
        actor_id: 'a',
        actor_name: 'ada',
        impersonator_id: 'i',
        impersonator_name: 'ines',
        token_id: 't',
        ip_address: '192.0.2.1',
        request_id: 'r',
        tenant_id: 'main',
        before: '{"name":"old"}',
        after: '{"name":"new"}',
      }),
    ])
    expect((await rows('changes')).map(({ kind, ref }) => `${kind} ${ref}`)).toEqual(['account u', 'group g'])
  })

  it('leaves nothing when the change does not go through (threat 35)', async () => {
    const before = await inventory()
    const failing = sql`INSERT INTO guards (path_free) VALUES (0)`
    const written = await write(db, [
      ...record(db, actor, { ...deed, ends: [{ kind: 'role', ref: 'x' }] }),
      failing,
    ])
    expect(written.ok).toBe(false)
    expect(await inventory()).toBe(before)
  })

  it('shows that a secret changed, and nothing of it', async () => {
    const after = { password: 'scrypt$canary', mac: 'canary', wrappedPrivateJwk: 'canary', name: 'kept' }
    await write(db, record(db, { ...actor, now: 2_000 }, { ...deed, before: { password: null }, after }))
    const dump = await dumpTables()
    expect(dump).not.toContain('canary')
    const row = await env.DB.prepare('SELECT before, after FROM audit_logs WHERE at = 2000').first()
    expect(JSON.parse(String(row?.after))).toEqual({
      password: '(hidden)',
      mac: '(hidden)',
      wrappedPrivateJwk: '(hidden)',
      name: 'kept',
    })
    expect(row?.before).toBe('{}')
  })

  it('cannot be changed afterwards (threat 34)', async () => {
    const change = env.DB.prepare("UPDATE audit_logs SET actor_name = 'somebody else'").run()
    await expect(change).rejects.toThrow('audit records are final')
  })
})
