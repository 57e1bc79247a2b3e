/** Many accounts, all in one group and all holding one role: what a page costs does not depend on them. */

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_HOLDERS } from '../../../worker/access/bindings.ts'
import { ADMIN, bindGroup, type Call, call, createAdmin, freshEdge, signIn } from '../support/edge.ts'
import { rowsReadBy } from '../support/rows-read.ts'

const FEW = MAX_HOLDERS
const MANY = 6 * MAX_HOLDERS

const PAGES = [
  'groups',
  'groups?sort=name:desc',
  'groups/everybody',
  'groups/everybody?page=3',
  'groups/everybody?q=000500',
  'groups/everybody/members/new',
  'groups/everybody/members/new?q=000500',
  'groups/everybody/members/account000500',
  'groups/everybody/access',
  'groups/everybody/delete',
  'roles',
  'roles/viewer_main',
  'roles/viewer_main/holders',
  'roles/viewer_main/holders?page=3',
  'bindings',
  'bindings?page=3',
  'bindings?q=000500',
  'bindings?subject=USER.account000500',
  'bindings?subject=GROUP.everybody',
  'bindings/new',
  'bindings/new?q=000500',
  'bindings/new?subject=USER.account000500&role=viewer_main',
  'bindings/binding000500',
  'bindings/binding000500/delete',
  'service-accounts/account000500/access',
  'service-accounts/account000500/groups',
  'service-accounts/account000500/groups/new',
  'access',
  'access?account=account000500&permission=FLOW:VIEW',
  'access?account=bot-000500&permission=FLOW:VIEW',
  'access?account=000500',
]

/** In SQL: triggers keep the rest. */
async function grow(from: number, to: number): Promise<void> {
  const numbers = `WITH RECURSIVE r(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM r WHERE i + 1 < ${to}),
    n(no) AS (SELECT substr('000000' || i, -6) FROM r)`
  await env.DB.batch(
    [
      `INSERT INTO accounts (id, kind, name, is_superadmin, created_at)
        ${numbers} SELECT 'account' || no, 'SERVICE_ACCOUNT', 'bot-' || no, 0, 0 FROM n`,
      `INSERT INTO tenant_access ${numbers} SELECT 'main', 'account' || no, 'SERVICE_ACCOUNT', 'bot-' || no FROM n`,
      `INSERT INTO bindings (id, tenant_id, account_id, role_id, created_at)
        ${numbers} SELECT 'binding' || no, 'main', 'account' || no, 'viewer_main', 0 FROM n`,
      `INSERT INTO group_members (group_id, account_id, membership, account_name, created_at)
        ${numbers} SELECT 'everybody', 'account' || no, 'MEMBER', 'bot-' || no, 0 FROM n`,
      `INSERT INTO namespaces (tenant_id, id, created_at) ${numbers} SELECT 'main', 'n' || no, 0 FROM n`,
    ].map((sql) => env.DB.prepare(sql)),
  )
}

let session: Call
const costOf = (path: string) =>
  rowsReadBy(async () => {
    const answer = await call(`/ui/main/iam/${path}`, session)
    if (answer.status !== 200) throw new Error(`${answer.status} ${path}`)
  })

async function measure(): Promise<Map<string, number>> {
  // What an isolate learns at the first request is no part of what is measured.
  await costOf('groups')
  const costs = new Map<string, number>()
  for (const path of PAGES) costs.set(path, await costOf(path))
  return costs
}

let few: Map<string, number>
let many: Map<string, number>
beforeAll(async () => {
  await freshEdge()
  const admin = await createAdmin()
  session = { headers: { Cookie: await signIn(ADMIN.username, ADMIN.password) } }
  await env.DB.prepare("INSERT INTO groups VALUES ('everybody', 'main', 'everybody', NULL, 0)").run()
  await bindGroup('everybody', 'launcher_main', admin)
  await grow(0, FEW)
  few = await measure()
  await grow(FEW, MANY)
  many = await measure()
})

describe('with many accounts', () => {
  it.each(PAGES)('a page reads the rows it read with few: %s', (path) => {
    expect(few.get(path)).toBeGreaterThan(0)
    expect(many.get(path)).toBe(few.get(path))
  })
})
