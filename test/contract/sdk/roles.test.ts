import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const roles = openApi('RolesApi')
const tenant = 'main'
const permissions = { FLOW: ['READ', 'CREATE'], NAMESPACE: ['MANAGE_FILES', 'VIEW'] }

const createRole = async (more: object = {}) =>
  (await roles('createRole', tenant, { name: fresh('role'), permissions, ...more })).body

describe('RolesApi', () => {
  it('createRole echoes permissions in their order, in either vocabulary', async () => {
    const role = await createRole({ description: 'x' })
    expect(role).toMatchObject({ permissions, description: 'x', isDefault: false, isManaged: false })
    expect(Object.values(role.permissions)).toEqual(Object.values(permissions))
  })

  it('createRole lets two roles share a name, and wants a permission', async () => {
    const { name } = await createRole()
    expect((await createRole({ name })).name).toBe(name)
    await expect(roles('createRole', tenant, { name, permissions: {} })).rejects.toMatchObject({
      status: 422,
    })
  })

  it('getRole, updateRole and deleteRole', async () => {
    const { id } = await createRole()
    const name = fresh('renamed')
    const updated = (await roles('updateRole', id, tenant, { id, name, permissions: { FLOW: ['VIEW'] } }))
      .body
    expect(updated).toMatchObject({ id, name, permissions: { FLOW: ['VIEW'] } })
    expect((await roles('getRole', id, tenant)).body).toEqual(updated)
    expect((await roles('deleteRole', id, tenant)).status).toBe(204)
    await expect(roles('getRole', id, tenant)).rejects.toMatchObject({ status: 404 })
  })

  it('searchRoles finds by text, sorts by name and counts permissions', async () => {
    const { id, name } = await createRole()
    expect((await roles('searchRoles', 1, 10, tenant, { q: name, sort: ['name:asc'] })).body).toMatchObject({
      total: 1,
      results: [{ id, name, permissionCount: 2, isManaged: false }],
    })
    // Kestra's tools list everything at once and compare names themselves.
    expect((await roles('searchRoles', 1, 1000, tenant, {})).body.results).toContainEqual(
      expect.objectContaining({ id: 'admin_main', isManaged: true }),
    )
  })

  it('autocompleteRoles and listRolesFromGivenIds', async () => {
    const { id, name } = await createRole()
    expect((await roles('autocompleteRoles', tenant, { q: name.slice(0, 8) })).body).toContainEqual(
      expect.objectContaining({ id }),
    )
    expect((await roles('listRolesFromGivenIds', tenant, { ids: [id, 'unknown'] })).body).toEqual([
      expect.objectContaining({ id, permissions, isManaged: false, deleted: false }),
    ])
  })
})
