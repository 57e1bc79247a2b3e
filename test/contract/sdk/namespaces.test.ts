import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const namespaces = openApi('NamespacesApi')
const tenant = 'main'

const create = async (more: object = {}) =>
  (await namespaces('createNamespace', tenant, { id: fresh('ns'), ...more })).body

describe('NamespacesApi', () => {
  it('createNamespace echoes what was sent and nothing else', async () => {
    const sent = { id: fresh('ns'), description: 'x', variables: { region: 'eu' } }
    const { status, body } = await namespaces('createNamespace', tenant, sent)
    expect(status).toBe(200)
    expect(body).toEqual({ ...sent, deleted: false })
  })

  it('getNamespace, updateNamespace and deleteNamespace', async () => {
    const { id } = await create({ description: 'old' })
    expect((await namespaces('updateNamespace', id, tenant, { id })).body).toEqual({ id, deleted: false })
    expect((await namespaces('getNamespace', id, tenant)).body).toEqual({ id, deleted: false })
    expect((await namespaces('deleteNamespace', id, tenant)).status).toBe(204)
    await expect(namespaces('getNamespace', id, tenant)).rejects.toMatchObject({ status: 404 })
  })

  it('searchNamespaces begins with system, and finds by text', async () => {
    const { id } = await create()
    const all = (await namespaces('searchNamespaces', 1, 100, tenant, { existing: true })).body
    expect(all.results[0]).toMatchObject({ id: 'system', deleted: false })
    expect(
      (await namespaces('searchNamespaces', 1, 10, tenant, { q: id, sort: ['id:asc'] })).body,
    ).toMatchObject({
      total: 1,
      results: [{ id, deleted: false }],
    })
  })

  it('autocompleteNamespaces answers with names', async () => {
    const { id } = await create()
    expect((await namespaces('autocompleteNamespaces', tenant, { q: id.slice(0, 8) })).body).toContain(id)
  })

  it('inheritedVariables come from above', async () => {
    const { id } = await create({ variables: { region: 'eu', size: 1 } })
    await create({ id: `${id}.child`, variables: { size: 2 } })
    expect((await namespaces('inheritedVariables', `${id}.child`, tenant)).body).toMatchObject({
      region: 'eu',
    })
  })

  it.each([
    ['getInheritedSecrets', ['prod', 'main']],
    ['inheritedPluginDefaults', ['prod', 'main']],
    ['deleteSecret', ['prod', 'key', 'main']],
  ])('%s is Kestra’s own and honestly not here', async (operation, args) => {
    await expect(namespaces(operation, ...args)).rejects.toMatchObject({
      status: 404,
      response: { body: { message: 'Not Found' } },
    })
  })
})
