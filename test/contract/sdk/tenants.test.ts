import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const tenants = openApi('TenantsApi')

describe('TenantsApi', () => {
  it('create, get, update and callDelete', async () => {
    const id = fresh('acme')
    const sent = { id, name: 'Acme', concurrency: { limit: 1, behavior: 'QUEUE' } }
    expect((await tenants('create', sent)).body).toEqual({ ...sent, deleted: false })
    await expect(tenants('create', sent)).rejects.toMatchObject({ status: 409 })
    expect((await tenants('get', id)).body).toMatchObject(sent)
    expect((await tenants('update', id, { id, name: 'Acme Ltd' })).body).toEqual({
      id,
      name: 'Acme Ltd',
      deleted: false,
    })
    expect((await tenants('callDelete', id)).status).toBe(204)
    await expect(tenants('get', id)).rejects.toMatchObject({ status: 404 })
  })

  it('find pages through them', async () => {
    const { body } = await tenants('find', 1, 10, { sort: ['name:asc'] })
    expect(body.results).toContainEqual(expect.objectContaining({ id: 'main', deleted: false }))
  })

  it.each([['getFlowDependenciesFromTenant', [true, 'main']]])(
    '%s is Kestra’s own and honestly not here',
    async (operation, args) => {
      await expect(tenants(operation, ...args)).rejects.toMatchObject({ status: 404 })
    },
  )
})
