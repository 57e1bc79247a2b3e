import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const access = openApi('TenantAccessApi')
const tenant = 'main'
const createUser = async () =>
  (await openApi('UsersApi')('createUser', { email: `${fresh('guest')}@example.com`, tenants: [] })).body

describe('TenantAccessApi', () => {
  it('createTenantAccess lets a user in by e-mail address: 204, 404 and 409', async () => {
    const { email } = await createUser()
    expect((await access('createTenantAccess', tenant, { email })).status).toBe(204)
    await expect(access('createTenantAccess', tenant, { email })).rejects.toMatchObject({ status: 409 })
    const stranger = { email: `${fresh('stranger')}@example.com` }
    await expect(access('createTenantAccess', tenant, stranger)).rejects.toMatchObject({ status: 404 })
  })

  it('createTenantAccess1 does so by id: 201 and 409', async () => {
    const { id } = await createUser()
    expect((await access('createTenantAccess1', id, tenant)).status).toBe(201)
    await expect(access('createTenantAccess1', id, tenant)).rejects.toMatchObject({ status: 409 })
  })

  it('getTenantAccess shows roles with their origin, and deleteTenantAccess ends it', async () => {
    const { id } = await createUser()
    await access('createTenantAccess1', id, tenant)
    const bound = { type: 'USER', externalId: id, roleId: 'viewer_main', namespaceId: 'prod' }
    await openApi('BindingsApi')('createBinding', tenant, bound)
    expect((await access('getTenantAccess', id, tenant)).body).toMatchObject({
      tenantId: tenant,
      userId: id,
      roles: [{ id: 'viewer_main', namespace: 'prod', origin: 'BINDING' }],
    })
    expect((await access('deleteTenantAccess', id, tenant)).status).toBe(204)
    await expect(access('getTenantAccess', id, tenant)).rejects.toMatchObject({ status: 404 })
  })

  it('listTenantAccess pages through users', async () => {
    const { body } = await access('listTenantAccess', 1, 10, tenant, {})
    expect(body.total).toBeGreaterThan(0)
    expect(body.results[0]).toMatchObject({ id: expect.any(String), username: expect.any(String) })
  })
})
