/** Who can write to D1 by other means than Postern's edits the audit log: what its seals tell of that (threat 34). */

import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditIntegrity, CheckedSeal } from '../../../shared/wire/audit-integrity.ts'
import { checkIntegrity } from '../../../worker/audit/integrity.ts'
import { proveRestore } from '../../../worker/audit/restore-proof.ts'
import { closeSeal, findNewestSeal, type Seal } from '../../../worker/audit/seal.ts'
import { sealAuditLog } from '../../../worker/audit/seal-audit-log.ts'
import { sweepRecords } from '../../../worker/audit/sweep.ts'
import worker from '../../../worker/index.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { openSeals } from '../../../worker/storage/seals.ts'
import { countRoundTrips } from '../../../worker/storage/traffic.ts'
import { deriveKeys, type Keys } from '../../../worker/tokens/keys.ts'
import { HOUR } from '../support/clock.ts'
import { asAdmin, type Bot, call, createAdmin, expectJson, freshEdge } from '../support/edge.ts'
import { openIsolate } from '../support/isolates.ts'
import { costOf } from '../support/round-trips.ts'
import { bookmark } from '../support/time-travel.ts'

const DAY = 24 * HOUR
const PATH = '/api/v1/auditlogs/integrity'
const db = openDatabase(env.DB)
const seals = openSeals(env.CONTENTS)
const ownKeys = deriveKeys(Uint8Array.from(atob(env.MASTER_KEY), (character) => character.charCodeAt(0)))
const start = Date.now()

let admin: Bot
let count = 0
/** What the worker left in its log, as text. */
let logged: unknown[]
beforeEach(async () => {
  logged = []
  vi.spyOn(console, 'log').mockImplementation((line) => {
    logged.push(line)
  })
  await freshEdge()
  admin = await createAdmin()
  await seal()
})
afterEach(() => {
  vi.restoreAllMocks()
})

interface SealOptions {
  /** From now. */
  readonly ms?: number
  readonly keys?: Keys
  readonly auditKeptMs?: number
}

async function seal({ ms = 0, keys, auditKeptMs = 0 }: SealOptions = {}): Promise<void> {
  await sealAuditLog({ db, seals, keys: keys ?? (await ownKeys), auditKeptMs }, Date.now() + ms)
}

/** Changes that leave records: so many namespaces. @returns ids of the records */
async function change(times = 1): Promise<string[]> {
  const ids: string[] = []
  for (let left = times; left > 0; left--) {
    const id = `changed-${count++}`
    await expectJson(call('/api/v1/main/namespaces', { ...admin, json: { id } }))
    const record = await env.DB.prepare('SELECT id FROM audit_logs WHERE resource_id = ?')
      .bind(id)
      .first('id')
    ids.push(String(record))
  }
  return ids
}

/** Rows as they came, without the API's rules. */
async function insert(id: string, at: number, rowid?: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO audit_logs (rowid, id, at, type, resource, resource_id, actor_id, actor_name, request_id)
      VALUES (?, ?, ?, 'DELETE', 'ROLE', 'r', 'a', 'a', 'q')`,
  )
    .bind(rowid ?? null, id, at)
    .run()
}

/** As whoever may change the schema: without the triggers that keep records. */
async function tamper(...statements: string[]): Promise<void> {
  const triggers = await env.DB.prepare(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_logs'",
  ).all<{ name: string; sql: string }>()
  await env.DB.batch(
    [
      ...triggers.results.map(({ name }) => `DROP TRIGGER ${name}`),
      ...statements,
      ...triggers.results.map(({ sql }) => sql),
    ].map((one) => env.DB.prepare(one)),
  )
}

const check = (cursor = '') =>
  expectJson<AuditIntegrity>(call(`${PATH}${cursor && `?cursor=${cursor}`}`, asAdmin))

const statesOf = ({ results }: AuditIntegrity) => results.map(({ number, state }) => `${number} ${state}`)

/** The one seal that is not as it was. */
async function findFault(): Promise<CheckedSeal> {
  const integrity = await check()
  expect(integrity.intact).toBe(false)
  const faults = integrity.results.filter(({ state }) => state !== 'INTACT')
  expect(faults).toHaveLength(1)
  return faults[0] as CheckedSeal
}

const idsOf = (named: CheckedSeal['edited']) => named?.map(({ id }) => id)

describe('the audit log', () => {
  it('takes no UPDATE and no DELETE, also once it is sealed (threat 34)', async () => {
    for (const statement of ["UPDATE audit_logs SET actor_name = 'x'", 'DELETE FROM audit_logs']) {
      await expect(env.DB.prepare(statement).run()).rejects.toThrow('audit records are')
    }
    expect(await check()).toMatchObject({ intact: true })
  })

  it('is intact while nobody edits it, and says up to when that is known', async () => {
    await change(2)
    const open = await check()
    expect(open).toMatchObject({ intact: true, results: [{ number: 1, state: 'INTACT' }] })
    expect(Date.parse(open.unsealedSince ?? '')).toBeGreaterThanOrEqual(start)
    await seal()
    const sealed = await check()
    expect(statesOf(sealed)).toEqual(['2 INTACT', '1 INTACT'])
    expect(sealed.results[0]).toMatchObject({ records: 2, edited: [], missing: [], added: [], backdated: [] })
    expect(Date.parse(sealed.sealedUntil ?? '')).toBeGreaterThanOrEqual(start)
    expect(sealed).not.toHaveProperty('unsealedSince')
  })

  it('shows which record was edited, whatever was edited of it (threat 34)', async () => {
    const [, edited] = await change(3)
    await seal()
    await change()
    await seal()
    const columns = await env.DB.prepare('SELECT name FROM pragma_table_info(?)').bind('audit_logs').all()
    const names = columns.results.map(({ name }) => String(name)).filter((name) => name !== 'id')
    expect(names.length).toBeGreaterThan(12)
    for (const name of names) {
      const putBack = await bookmark()
      const value = name === 'at' ? 'at + 1' : name === 'before' || name === 'after' ? `'{"a":1}'` : "'x'"
      await tamper(`UPDATE audit_logs SET "${name}" = ${value} WHERE id = '${edited}'`)
      const { number, edited: found, missing, added } = await findFault()
      expect([name, number, idsOf(found), missing, added]).toEqual([name, 2, [edited], [], []])
      await putBack()
    }
  })

  it('shows which record was deleted, and which one has another’s place (threat 34)', async () => {
    const [first, second] = await change(3)
    await seal()
    await tamper(`DELETE FROM audit_logs WHERE id = '${first}'`)
    expect(idsOf((await findFault()).missing)).toEqual([first])
    await tamper(`UPDATE audit_logs SET id = 'other' WHERE id = '${second}'`)
    const { missing, added } = await findFault()
    expect([idsOf(missing), idsOf(added)]).toEqual([[first, second], ['other']])
  })

  it('shows that its end was cut off, and goes on being sealed (threat 34)', async () => {
    const ids = await change(3)
    await seal()
    await tamper(`DELETE FROM audit_logs WHERE id IN ('${ids[1]}', '${ids[2]}')`)
    await change()
    await seal()
    await seal()
    expect(statesOf(await check())).toEqual(['3 INTACT', '2 ALTERED', '1 INTACT'])
    expect(idsOf((await findFault()).missing)).toEqual([ids[1], ids[2]])
  })

  it('shows a record that was put in the middle, between two or two seals (threat 34)', async () => {
    const before = await change(2)
    await seal()
    const after = await change(2)
    await seal()
    const positionOf = async (id = '') =>
      Number(await env.DB.prepare('SELECT rowid FROM audit_logs WHERE id = ?').bind(id).first('rowid'))
    for (const [next, number] of [
      [before[1], 2],
      [after[0], 3],
    ] as const) {
      const putBack = await bookmark()
      const place = await positionOf(next)
      await tamper(
        `UPDATE audit_logs SET rowid = -rowid - 1 WHERE rowid >= ${place}`,
        'UPDATE audit_logs SET rowid = -rowid WHERE rowid < 0',
      )
      await insert('slipped-in', Date.now(), place)
      const fault = await findFault()
      expect([fault.number, idsOf(fault.added), fault.edited, fault.missing]).toEqual([
        number,
        ['slipped-in'],
        [],
        [],
      ])
      await putBack()
    }
  })

  it('shows a record that was added at the end and claims to be older than the seal before (threat 34)', async () => {
    await insert('late', Date.now() - HOUR / 2)
    await insert('backdated', Date.now() - 2 * HOUR)
    await seal()
    expect(idsOf((await findFault()).backdated)).toEqual(['backdated'])
  })

  it('is the same when its rows are numbered anew, as an import does', async () => {
    await change(3)
    await seal()
    await tamper(
      'UPDATE audit_logs SET rowid = -rowid - 5000',
      'UPDATE audit_logs SET rowid = rowid + 100000',
    )
    await tamper('UPDATE audit_logs SET rowid = -rowid', 'UPDATE audit_logs SET rowid = -rowid + 7')
    const reversed = await check()
    expect(reversed.intact).toBe(true)
  })
})

describe('the seals', () => {
  it('are missed when one of them is removed, but for the newest (threat 34)', async () => {
    await change()
    await seal()
    await change()
    await seal()
    await seals.remove([2])
    expect(statesOf(await check())).toEqual(['3 INTACT', '2 MISSING', '1 INTACT'])
    await seals.remove([3])
    // What it sealed is as if it had not been yet: R2 alone cannot tell more, the log of the worker can.
    const cut = await check()
    expect(statesOf(cut)).toEqual(['1 INTACT'])
    expect(cut.unsealedSince).toBeDefined()
    await seal()
    const lines = logged.map((line) => JSON.parse(String(line)))
    const numbers = lines.filter(({ event }) => event === 'audit_sealed').map(({ number }) => number)
    expect(numbers).toEqual([1, 2, 3, 2])
  })

  it('count for nothing when they were made without the MASTER_KEY (threat 34)', async () => {
    const [edited] = await change()
    await seal()
    const { seal: newest } = await findNewestSeal(seals, await ownKeys)
    await tamper(`UPDATE audit_logs SET actor_name = 'x' WHERE id = '${edited}'`)
    const own = await seals.get(2)
    const { digest: _, ...forged } = { ...(newest as Seal & { digest: string }), records: [] }
    const thief = await deriveKeys(new Uint8Array(32))
    for (const stored of [
      (await closeSeal(thief, forged)).stored,
      { ...(await closeSeal(thief, forged)).stored, version: (await ownKeys).version },
      { ...(await closeSeal(await ownKeys, { ...forged, number: 1 })).stored, number: 2 },
      { number: 2, text: own?.text.replace('"isComplete":true', '"isComplete":false') ?? '', ...pick(own) },
      { number: 2, text: '', mac: '', version: '' },
    ]) {
      await seals.remove([2])
      await seals.put(stored)
      expect(statesOf(await check())).toEqual(['2 FOREIGN', '1 INTACT'])
    }
    // Nothing is built on it: what it claims to have sealed is sealed, and it stays to be seen.
    await seal()
    expect(statesOf(await check())).toEqual(['3 INTACT', '2 FOREIGN', '1 INTACT'])
    expect((await check()).results[0]).toMatchObject({ records: 1 })
  })

  it('do not take an older seal of ours for the one that the next speaks of (threat 34)', async () => {
    await change()
    const before = await seals.get(1)
    await seals.remove([1])
    await seal()
    await change()
    await seal()
    await seals.remove([1])
    if (before) await seals.put(before)
    expect(statesOf(await check())).toEqual(['2 INTACT', '1 FOREIGN'])
  })

  it('are one of each number when two crons run at once', async () => {
    await change(3)
    const before = logged.length
    await Promise.all([seal(), seal({ ms: 1 }), seal({ ms: 2 })])
    // The others found its number taken, and left it at that.
    expect(logged).toHaveLength(before + 1)
    const integrity = await check()
    expect(statesOf(integrity)).toEqual(['2 INTACT', '1 INTACT'])
    expect(integrity.results[0]).toMatchObject({ records: 3 })
  })

  it('stay good under a new MASTER_KEY, also when the old one is gone', async () => {
    await change()
    await seal()
    const old = Uint8Array.from(atob(env.MASTER_KEY), (character) => character.charCodeAt(0))
    const fresh = crypto.getRandomValues(new Uint8Array(32))
    const MASTER_KEY = btoa(String.fromCharCode(...fresh))
    const both = await deriveKeys(fresh, old)
    await change()
    await seal({ keys: both })
    const isolate = await openIsolate({ MASTER_KEY, MASTER_KEY_PREVIOUS: env.MASTER_KEY })
    const states = statesOf(await expectJson<AuditIntegrity>(isolate.call(PATH, asAdmin)))
    expect(states).toEqual(['3 INTACT', '2 INTACT', '1 INTACT'])
    const { checked } = await checkIntegrity(db, seals, await deriveKeys(fresh))
    expect(checked.map(({ state }) => state)).toEqual(['INTACT', 'INTACT', 'INTACT'])
    // A third one, which nothing speaks for.
    const lost = await checkIntegrity(db, seals, await deriveKeys(new Uint8Array(32)))
    expect(lost.checked.map(({ state }) => state)).toEqual(['FOREIGN'])
  })

  it('are made by the hourly cron, with all that its own upkeep recorded', async () => {
    await change()
    const scheduledTime = new Date()
    await worker.scheduled(createScheduledController({ cron: '23 * * * *', scheduledTime }), env)
    const integrity = await check()
    expect(statesOf(integrity)).toEqual(['2 INTACT', '1 INTACT'])
    expect(integrity).not.toHaveProperty('unsealedSince')
  })

  it('cost a list, a read and two statements when there is nothing to seal, and are made once a day all the same', async () => {
    expect(await costOfSeal()).toEqual({ d1: 2, list: 1, get: 1, head: 0, put: 0, delete: 0 })
    await seal({ ms: 23 * HOUR })
    expect((await check()).results).toHaveLength(1)
    await seal({ ms: 25 * HOUR })
    expect(statesOf(await check())).toEqual(['2 INTACT', '1 INTACT'])
  })

  it('cost a bounded number of operations however much there is, and are made of all in the end', async () => {
    await env.DB.prepare(
      `INSERT INTO audit_logs (id, at, type, resource, resource_id, actor_id, actor_name, request_id)
        SELECT 'many' || a.n || '-' || b.n, ?, 'UPDATE', 'MANY', 'many', 'x', 'x', 'x'
        FROM numbers a, numbers b WHERE a.n <= 25 AND b.n <= 100`,
    )
      .bind(Date.now())
      .run()
    // A hundred records are one statement; between the two seals, and before the first, one finds where to go on.
    expect(await costOfSeal()).toEqual({ d1: 22, list: 1, get: 1, head: 1, put: 2, delete: 0 })
    expect((await check()).unsealedSince).toBeDefined()
    await seal()
    const states: string[] = []
    let next: string | undefined
    do {
      let page: AuditIntegrity | undefined
      const cost = await costOf(async () => {
        page = await check(next)
      })
      expect(cost.statements).toBeLessThan(40)
      states.push(...statesOf(page as AuditIntegrity))
      next = page?.next
    } while (next)
    expect(states).toEqual(['4 INTACT', '3 INTACT', '2 INTACT', '1 INTACT'])
  })

  it('are read from where an answer ended, and from nowhere else', async () => {
    for (const cursor of ['x', 'e30', 'bnVsbA', 'a'.repeat(2000)]) {
      await expectJson(call(`${PATH}?cursor=${cursor}`, asAdmin), 422)
    }
    for (let left = 31; left > 0; left--) {
      await insert(`one-${left}`, Date.now())
      await seal()
    }
    const page = await check()
    expect(page.results).toHaveLength(30)
    expect(statesOf(await check(page.next))).toEqual(['2 INTACT', '1 INTACT'])
  })
})

describe('records that are gone for a reason', () => {
  it('are no fault when they were older than they are to be kept, whatever that is later', async () => {
    const kept = 100 * DAY
    await insert('old', start - 120 * DAY)
    await insert('older', start - 110 * DAY)
    await seal()
    await insert('young', start - 10 * DAY)
    await seal({ auditKeptMs: kept })
    await sweep()
    const { results } = await check()
    // Backdated they are, being made up by this test.
    expect(results.map(({ number, missing, swept }) => [number, missing, swept])).toEqual([
      [3, [], 0],
      [2, [], 2],
      [1, [], 0],
    ])
    await change()
    await seal({ auditKeptMs: 0 })
    expect((await check()).results[2]).toMatchObject({ missing: [], swept: 2 })
  })

  it('are no fault when they go with their seals, and what is left is still held against its own', async () => {
    for (let left = 3; left > 0; left--) {
      await change()
      await seal()
    }
    await seal({ ms: 99 * DAY })
    const kept = 98 * DAY
    await seal({ ms: 100 * DAY, auditKeptMs: kept })
    // The database's own clock keeps them for 90 days.
    await tamper(`DELETE FROM audit_logs WHERE at < ${Date.now() + 100 * DAY - kept}`)
    const left = await check()
    expect(statesOf(left)).toEqual(['6 INTACT', '5 INTACT'])
    expect(left).not.toHaveProperty('next')
    expect(await seals.get(4)).toBeUndefined()
    const [edited] = await change()
    await seal({ ms: 101 * DAY })
    await tamper(`UPDATE audit_logs SET actor_name = 'x' WHERE id = '${edited}'`)
    expect(idsOf((await findFault()).edited)).toEqual([edited])
  })

  it('make nothing stand out that is as old and not swept yet', async () => {
    const [goes = ''] = await change()
    await seal()
    await insert('kept', Date.now() + 5 * DAY)
    await seal()
    await seal({ ms: 100 * DAY, auditKeptMs: 98 * DAY })
    await tamper(`DELETE FROM audit_logs WHERE id = '${goes}'`)
    expect(statesOf(await check())).toEqual(['4 INTACT', '3 INTACT'])
    expect(await env.DB.prepare('SELECT count(*) AS n FROM audit_logs').first<number>('n')).toBeGreaterThan(1)
    // What claims to be younger does, wherever it was put.
    await insert('slipped-in', Date.now() + 5 * DAY, -1)
    const { number, added } = await findFault()
    expect([number, idsOf(added)]).toEqual([3, ['slipped-in']])
  })

  it('may be swept only once a seal says so', async () => {
    await insert('old', start - 120 * DAY)
    await sweep()
    const count = () => env.DB.prepare("SELECT count(*) AS n FROM audit_logs WHERE id = 'old'").first('n')
    expect(await count()).toBe(1)
    await seal({ auditKeptMs: 100 * DAY })
    await sweep()
    expect(await count()).toBe(0)
  })

  it('are no fault when D1 was put back and that was confirmed; what is edited then still is one', async () => {
    const SETUP_TOKEN = 'set-anew-for-this-restore'
    const isolate = await openIsolate({ SETUP_TOKEN })
    const [kept] = await change(2)
    await seal()
    const putBack = await bookmark()
    await createAdminNamed('taken-back')
    await seal()
    await createAdminNamed('taken-back-too')
    await seal()
    await putBack()
    const json = { setupToken: SETUP_TOKEN, end: 'nothing' }
    await expectJson(isolate.call('/api/v1/recovery/restore', { json }))
    await seal()
    const integrity = await expectJson<AuditIntegrity>(isolate.call(PATH, asAdmin))
    expect(statesOf(integrity)).toEqual(['5 INTACT', '4 INTACT', '3 INTACT', '2 INTACT', '1 INTACT'])
    const [confirmed, ...before] = integrity.results
    expect(confirmed?.restore).toBeDefined()
    expect(before.map(({ takenBack, records }) => takenBack === records)).toEqual([true, true, false, false])
    await tamper(`UPDATE audit_logs SET actor_name = 'x' WHERE id = '${kept}'`)
    const { results } = await expectJson<AuditIntegrity>(isolate.call(PATH, asAdmin))
    expect(results.map(({ state }) => state)).toEqual(['INTACT', 'INTACT', 'INTACT', 'ALTERED', 'INTACT'])
  })

  it('are a fault when nobody confirmed a restore, also with a record that says somebody did (threat 34)', async () => {
    const [, gone] = await change(2)
    await seal()
    // One is made up, and one is of a restore before.
    const keys = await ownKeys
    const records = [
      { id: 'made-up', at: Date.now() + 1000, after: { proof: 'x', keyVersion: keys.version } },
      { id: 'before', at: start - 1000, after: await proveRestore(keys, start - 1000) },
    ]
    await tamper(
      `DELETE FROM audit_logs WHERE id = '${gone}'`,
      ...records.map(
        ({ id, at, after }) =>
          `INSERT INTO audit_logs (id, at, type, resource, resource_id, actor_id, actor_name, request_id, after)
            VALUES ('${id}', ${at}, 'UPDATE', 'INSTANCE', 'restore', 'recovery', '', 'q', '${JSON.stringify(after)}')`,
      ),
    )
    await seal()
    expect(idsOf((await findFault()).missing)).toEqual([gone])
  })
})

const sweep = async () =>
  sweepRecords(db, (await findNewestSeal(seals, await ownKeys)).seal?.sweptBefore ?? 0, Date.now())

/** The feed names it. */
const createAdminNamed = (name: string) =>
  expectJson(call('/api/v1/service-accounts', { ...admin, json: { name, superAdmin: true, tenants: [] } }))

const pick = (stored: Awaited<ReturnType<typeof seals.get>>) => ({
  mac: stored?.mac ?? '',
  version: stored?.version ?? '',
})

/** What sealing costs. Counted at its own bindings: others may be at work in the background. */
async function costOfSeal() {
  const used = { d1: 0, list: 0, get: 0, head: 0, put: 0, delete: 0 }
  const bucket = new Proxy(env.CONTENTS, {
    get(target, name) {
      const real = Reflect.get(target, name) as (...args: unknown[]) => unknown
      return (...args: unknown[]) => {
        used[name as keyof typeof used]++
        return real.apply(target, args)
      }
    },
  })
  const counted = openDatabase(countRoundTrips(env.DB, () => used.d1++))
  const sealing = { db: counted, seals: openSeals(bucket), keys: await ownKeys, auditKeptMs: 0 }
  await sealAuditLog(sealing, Date.now())
  return used
}
