import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const bindings = openApi('BindingsApi')
const tenant = 'main'

const createBot = async () =>
  (await openApi('ServiceAccountApi')('createServiceAccount', tenant, { name: fresh('bound') })).body
const createGroup = async () =>
  (await openApi('GroupsApi')('createGroup', tenant, { name: fresh('bound') })).body
const toViewer = (externalId: string, type = 'USER') => ({ type, externalId, roleId: 'viewer_main' })

describe('BindingsApi', () => {
  it('createBinding binds an account in a namespace, named in both ways', async () => {
    const { id } = await createBot()
    const { status, body } = await bindings('createBinding', tenant, { ...toViewer(id), namespaceId: 'prod' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      type: 'USER',
      namespace: 'prod',
      namespaceId: 'prod',
      role: { id: 'viewer_main', name: 'Viewer' },
      user: { id, type: 'SERVICE_ACCOUNT' },
    })
  })

  it('createBinding binds a group in the whole tenant, and knows whom it does not know', async () => {
    const { id, name } = await createGroup()
    const { body } = await bindings('createBinding', tenant, toViewer(id, 'GROUP'))
    expect(body).toMatchObject({ type: 'GROUP', group: { id, name } })
    expect(body).not.toHaveProperty('namespace')
    await expect(bindings('createBinding', tenant, toViewer('nobody'))).rejects.toMatchObject({ status: 404 })
  })

  it('bulkCreateBinding takes many, and none', async () => {
    const { id } = await createBot()
    const group = await createGroup()
    const many = [toViewer(id), toViewer(group.id, 'GROUP')]
    expect((await bindings('bulkCreateBinding', tenant, many)).body).toHaveLength(2)
    expect((await bindings('bulkCreateBinding', tenant, [])).body).toEqual([])
  })

  it('getBinding and deleteBinding', async () => {
    const { id } = await createBot()
    const bound = (await bindings('createBinding', tenant, toViewer(id))).body
    expect((await bindings('getBinding', bound.id, tenant)).body).toEqual(bound)
    expect((await bindings('deleteBinding', bound.id, tenant)).status).toBe(204)
    await expect(bindings('getBinding', bound.id, tenant)).rejects.toMatchObject({ status: 404 })
  })

  it('searchBindings finds by type, by whom they are of, and by namespace', async () => {
    const { id } = await createBot()
    const bound = (await bindings('createBinding', tenant, { ...toViewer(id), namespaceId: 'prod' })).body
    const found = await bindings('searchBindings', 1, 10, tenant, { type: 'USER', id, namespace: 'prod' })
    expect(found.body).toMatchObject({ total: 1, results: [{ id: bound.id }] })
    expect((await bindings('searchBindings', 1, 10, tenant, { id, sort: ['type:asc'] })).body.total).toBe(1)
    expect((await bindings('searchBindings', 1, 10, tenant, { type: 'GROUP', id })).body.total).toBe(0)
  })
})
