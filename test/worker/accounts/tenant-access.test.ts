import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Bot, call, createAdmin, createTenant, expectJson, freshEdge } from '../support/edge.ts'

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

let count = 0
const createUser = (tenants: string[]) =>
  expectJson<{ id: string }>(
    call('/api/v1/users', { ...admin, json: { email: `joins${count++}@example.com`, tenants } }),
    201,
  )

const rolesOf = async (id: string) =>
  (
    await env.DB.prepare('SELECT role_id FROM bindings WHERE account_id = ?')
      .bind(id)
      .all<{ role_id: string }>()
  ).results.map((row) => row.role_id)

describe('joining a tenant', () => {
  it('binds a user to nothing where no role is the default', async () => {
    const { id } = await createUser(['main'])
    expect(await rolesOf(id)).toEqual([])
  })

  it('binds a user to the default role of that tenant, and of no other', async () => {
    await createTenant('other')
    await env.DB.prepare("UPDATE roles SET is_default = 1 WHERE id = 'viewer_main'").run()
    expect(await rolesOf((await createUser(['main'])).id)).toEqual(['viewer_main'])
    expect(await rolesOf((await createUser(['other'])).id)).toEqual([])
    expect(await rolesOf((await createUser([])).id)).toEqual([])
  })

  it('leaves a service account with what it is given', async () => {
    const { id } = await expectJson<{ id: string }>(
      call('/api/v1/main/service-accounts', { ...admin, json: { name: 'joins' } }),
    )
    expect(await rolesOf(id)).toEqual([])
  })

  it('is recorded, and ends what is known of the account', async () => {
    const { id } = await createUser(['main'])
    const { results } = await env.DB.prepare(
      "SELECT type, resource, tenant_id FROM audit_logs WHERE resource_id = ? AND resource = 'TENANT_ACCESS'",
    )
      .bind(id)
      .all()
    expect(results).toEqual([{ type: 'CREATE', resource: 'TENANT_ACCESS', tenant_id: 'main' }])
    const { results: ends } = await env.DB.prepare(
      "SELECT kind FROM changes WHERE kind = 'account' AND ref = ?",
    )
      .bind(id)
      .all()
    expect(ends.length).toBeGreaterThan(0)
  })
})
