/** The page that says whether the audit log was edited. */

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sealAuditLog } from '../../../worker/audit/seal-audit-log.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { openSeals } from '../../../worker/storage/seals.ts'
import { deriveKeys } from '../../../worker/tokens/keys.ts'
import { createVisitor, look, wordsOf } from '../support/console.ts'
import { ADMIN, createAdmin, freshEdge, signIn } from '../support/edge.ts'

const PATH = '/ui/audit/integrity'
const HOSTILE = '"><script>alert(1)</script>'

let cookie: string
beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await freshEdge()
  cookie = await signIn(ADMIN.username, ADMIN.password)
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function seal(): Promise<void> {
  const masterKey = Uint8Array.from(atob(env.MASTER_KEY), (character) => character.charCodeAt(0))
  const sealing = { db: openDatabase(env.DB), seals: openSeals(env.CONTENTS), auditKeptMs: 0 }
  await sealAuditLog({ ...sealing, keys: await deriveKeys(masterKey) }, Date.now())
}

const insert = (id: string, at: number, rowid: number) =>
  env.DB.prepare(
    `INSERT INTO audit_logs (rowid, id, at, type, resource, resource_id, actor_id, actor_name, request_id)
      VALUES (?, ?, ?, 'DELETE', 'ROLE', 'r', 'a', 'a', 'q')`,
  )
    .bind(rowid, id, at)
    .run()

describe('the page about integrity', () => {
  it('says what is not sealed yet, and after the first seal that all is as it was', async () => {
    const open = await wordsOf(await look(cookie, PATH))
    expect(open).toContain('is not sealed yet')
    expect(open).toContain('The first one is made by the next hourly cron.')
    await seal()
    const sealed = await wordsOf(await look(cookie, PATH))
    expect(sealed).toContain('1 seal on this page: every record is as it was sealed')
    expect(sealed).not.toContain('is not sealed yet')
    expect(await (await look(cookie, '/ui/audit')).text()).toContain(`href="${PATH}"`)
  })

  it('leads to records that were edited or added, and names those that are gone', async () => {
    await insert('gone', Date.now(), 1_000)
    await insert('edited', Date.now(), 1_010)
    await seal()
    await env.DB.batch(
      [
        'DROP TRIGGER audit_logs_final',
        'DROP TRIGGER audit_logs_kept',
        "UPDATE audit_logs SET actor_name = 'x' WHERE id = 'edited'",
        "DELETE FROM audit_logs WHERE id = 'gone'",
      ].map((one) => env.DB.prepare(one)),
    )
    await insert(HOSTILE, Date.now(), 1_005)
    const markup = await (await look(cookie, PATH)).text()
    expect(markup).toContain('1 of 1 seal on this page does not hold')
    expect(markup).toContain('href="/ui/audit/edited"')
    expect(markup).toContain(`href="/ui/audit/${encodeURIComponent(HOSTILE)}"`)
    expect(markup).toContain('<bdi class="mono">gone</bdi>')
    expect(markup).not.toContain('<script>alert')
  })

  it('is for superadmins, and begins anew where an address is mistyped', async () => {
    const visitor = await createVisitor(await createAdmin(), { AUDITLOG: ['READ'] })
    expect((await look(visitor.cookie, PATH)).status).toBe(403)
    expect((await look(cookie, `${PATH}?cursor=mistyped`)).status).toBe(200)
  })
})
