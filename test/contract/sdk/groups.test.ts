import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const groups = openApi('GroupsApi')
const users = openApi('UsersApi')
const tenant = 'main'

const createGroup = async (more: object = {}) =>
  (await groups('createGroup', tenant, { name: fresh('group'), ...more })).body
const createUser = async () =>
  (await users('createUser', { email: `${fresh('member')}@example.com`, tenants: [] })).body

describe('GroupsApi', () => {
  it('createGroup answers 200, and 409 for a name that is taken', async () => {
    const name = fresh('test_group')
    const { status, body: data } = await groups('createGroup', tenant, { name, description: '' })
    expect([status, data.name, data.description]).toEqual([200, name, ''])
    await expect(groups('createGroup', tenant, { name })).rejects.toMatchObject({ status: 409 })
  })

  it('getGroup, updateGroup and deleteGroup', async () => {
    const { id } = await createGroup()
    const name = fresh('renamed')
    expect((await groups('updateGroup', id, tenant, { name, description: 'x' })).body).toMatchObject({
      id,
      name,
    })
    expect((await groups('getGroup', id, tenant)).body).toMatchObject({ id, name, description: 'x' })
    expect((await groups('deleteGroup', id, tenant)).status).toBe(200)
    await expect(groups('getGroup', id, tenant)).rejects.toMatchObject({ status: 404 })
    expect((await groups('searchGroups', 1, 10, tenant, { q: name })).body.results).toEqual([])
  })

  it('searchGroups sorts by name, both ways', async () => {
    const word = fresh('sorted')
    const names = [`${word}-a`, `${word}-b`, `${word}-c`]
    for (const name of [...names].reverse()) await createGroup({ name })
    const search = async (sort: string) =>
      (await groups('searchGroups', 1, 10, tenant, { q: word, sort: [sort] })).body.results.map(
        (group: { name: string }) => group.name,
      )
    expect(await search('name:asc')).toEqual(names)
    expect(await search('name:desc')).toEqual([...names].reverse())
  })

  it('autocompleteGroups and listGroupIds', async () => {
    const { id, name } = await createGroup()
    expect((await groups('autocompleteGroups', tenant, { q: name.slice(0, 10) })).body).toContainEqual(
      expect.objectContaining({ id, name }),
    )
    expect((await groups('listGroupIds', tenant, { ids: [id, 'unknown'] })).body).toEqual([
      expect.objectContaining({ id }),
    ])
  })

  it('addUserToGroup, searchGroupMembers, setUserMembershipForGroup and deleteUserFromGroup', async () => {
    const { id } = await createGroup()
    const user = await createUser()
    const added = (await groups('addUserToGroup', id, user.id, tenant)).body
    expect(added).toMatchObject({
      id: user.id,
      groups: [expect.objectContaining({ id, membership: 'MEMBER' })],
    })
    await expect(groups('addUserToGroup', id, user.id, tenant)).rejects.toMatchObject({ status: 409 })
    expect((await groups('searchGroupMembers', id, 1, 200, tenant, {})).body).toMatchObject({
      total: 1,
      results: [{ id: user.id, username: user.username }],
    })
    const raised = (await groups('setUserMembershipForGroup', id, user.id, 'OWNER', tenant)).body
    expect(raised.groups).toContainEqual(expect.objectContaining({ id, membership: 'OWNER' }))
    expect((await groups('deleteUserFromGroup', id, user.id, tenant)).body.id).toBe(user.id)
    await expect(groups('deleteUserFromGroup', id, user.id, tenant)).rejects.toMatchObject({ status: 409 })
  })
})
