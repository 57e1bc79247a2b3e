import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const users = openApi('UsersApi')
const groups = openApi('GroupsApi')
const tenant = 'main'

const createUser = async (more: object = {}) =>
  (await users('createUser', { email: `${fresh('user')}@example.com`, tenants: [tenant], ...more })).body

describe('UsersApi', () => {
  it('createUser answers 201 with the user', async () => {
    const email = `${fresh('ada')}@example.com`
    const { status, body: data } = await users('createUser', {
      email,
      firstName: 'Ada',
      lastName: 'Lovelace',
      password: 'Password!234',
      tenants: [tenant],
      groups: [],
      superAdmin: false,
    })
    expect(status).toBe(201)
    expect(data).toMatchObject({ username: email, email, displayName: 'Ada Lovelace', superAdmin: false })
    expect(data.auths).toEqual([expect.objectContaining({ id: expect.any(String) })])
  })

  it('getUser reads a user, and says 404 of one that is not', async () => {
    const { id, email } = await createUser()
    expect((await users('getUser', id)).body).toMatchObject({ id, email })
    await expect(users('getUser', 'nobody')).rejects.toMatchObject({ status: 404 })
  })

  it('listUsers pages and searches', async () => {
    const { id, email } = await createUser()
    const { body: data } = await users('listUsers', 1, 10, { q: email })
    expect(data).toMatchObject({ total: 1, results: [{ id, username: email }] })
    expect((await users('listUsers', 99_999, 10, {})).body.results).toEqual([])
  })

  it('updateUser replaces what is sent and keeps what is not', async () => {
    const { id, email } = await createUser({ password: 'Password!234' })
    const { body: data } = await users('updateUser', id, { email, firstName: 'Grace' })
    expect(data).toMatchObject({ id, firstName: 'Grace', tenants: [{ id: tenant }] })
    expect(data.auths).toHaveLength(1)
  })

  it('patchUser changes names', async () => {
    const { id } = await createUser()
    expect((await users('patchUser', id, { firstName: 'Mary' })).body).toMatchObject({
      id,
      firstName: 'Mary',
    })
  })

  it('patchUserPassword sets a password that signs in, and refuses a weak one', async () => {
    const { id, email } = await createUser()
    const password = 'NewPass!9876'
    expect((await users('patchUserPassword', id, { password })).body).toMatchObject({ id })
    const own = openApi('AuthsApi', { username: email, password })
    expect((await own('getCurrentUser')).body).toMatchObject({ id })
    await expect(users('patchUserPassword', id, { password: 'weak' })).rejects.toMatchObject({ status: 422 })
  })

  it('updateCurrentUserPassword wants the old one', async () => {
    const { email } = await createUser({ password: 'OldPass!1' })
    const own = openApi('UsersApi', { username: email, password: 'OldPass!1' })
    await expect(
      own('updateCurrentUserPassword', { oldPassword: 'wrong', newPassword: 'NewPass!1' }),
    ).rejects.toMatchObject({ status: 422 })
    await own('updateCurrentUserPassword', { oldPassword: 'OldPass!1', newPassword: 'NewPass!1' })
    const changed = openApi('AuthsApi', { username: email, password: 'NewPass!1' })
    expect((await changed('getCurrentUser')).status).toBe(200)
  })

  it('patchUserSuperAdmin and patchUserDemo set their flags', async () => {
    const { id } = await createUser()
    expect((await users('patchUserSuperAdmin', id, { superAdmin: true })).status).toBe(200)
    expect((await users('patchUserDemo', id, { restricted: true })).status).toBe(200)
    const { body } = await users('getUser', id)
    expect(body).toMatchObject({ superAdmin: true, instanceOwner: true, restricted: true })
  })

  it('deleteUserAuthMethod takes the password away by its id', async () => {
    const user = await createUser({ password: 'Password!234' })
    await users('deleteUserAuthMethod', user.id, user.auths[0].id)
    expect((await users('getUser', user.id)).body.auths ?? []).toEqual([])
    await expect(users('deleteUserAuthMethod', user.id, 'OIDC')).rejects.toMatchObject({ status: 404 })
  })

  it('deleteRefreshToken is harmless to repeat', async () => {
    const { id } = await createUser()
    expect((await users('deleteRefreshToken', id)).status).toBe(204)
    expect((await users('deleteRefreshToken', id)).status).toBe(204)
    await expect(users('deleteRefreshToken', 'nobody')).rejects.toMatchObject({ status: 404 })
  })

  it('deleteUser answers 204, and then 404', async () => {
    const { id } = await createUser()
    expect((await users('deleteUser', id)).status).toBe(204)
    await expect(users('deleteUser', id)).rejects.toMatchObject({ status: 404 })
  })

  it('createApiTokensForUser mints a token that works until deleteApiToken', async () => {
    const { id, email } = await createUser()
    const minted = await users('createApiTokensForUser', id, { name: 'ci', maxAge: 'P30D', extended: true })
    expect(minted.status).toBe(201)
    const own = openApi('AuthsApi', { token: minted.body.fullToken })
    expect((await own('getCurrentUser')).body.profile.username).toBe(email)
    const listed = (await users('listApiTokens', id)).body
    expect(listed).toMatchObject({ total: 1, results: [{ name: 'ci', description: '', extended: true }] })
    expect((await users('deleteApiToken', id, minted.body.id)).status).toBe(204)
    await expect(own('getCurrentUser')).rejects.toMatchObject({ status: 401 })
  })

  it('createApiTokensForUser1, listApiTokens1 and deleteApiToken1 do the same for a service account', async () => {
    const { id } = (
      await openApi('ServiceAccountApi')('createServiceAccount', tenant, { name: fresh('bot') })
    ).body
    const { status, body } = await users('createApiTokensForUser1', id, tenant, { name: 'ci' })
    expect(status).toBe(200)
    const listed = (await users('listApiTokens1', id, tenant)).body
    expect(listed.results[0]).toMatchObject({ id: body.id, expired: false })
    expect(listed.results[0]).not.toHaveProperty('exp')
    expect((await users('deleteApiToken1', id, body.id, tenant)).status).toBe(200)
    expect((await users('listApiTokens1', id, tenant)).body.results).toEqual([])
  })

  it('updateUserGroups replaces the groups, and clears them', async () => {
    const { id } = await createUser()
    const group = (await groups('createGroup', tenant, { name: fresh('Crew') })).body
    expect((await users('updateUserGroups', id, tenant, { groupIds: [group.id] })).status).toBe(204)
    expect((await users('getUser', id)).body.groups).toEqual([{ id: group.id, tenantId: tenant }])
    expect((await users('updateUserGroups', id, tenant, { groupIds: [] })).status).toBe(204)
    expect((await users('getUser', id)).body.groups ?? []).toEqual([])
    const outside = await createUser({ tenants: [] })
    await expect(
      users('updateUserGroups', outside.id, tenant, { groupIds: [group.id] }),
    ).rejects.toMatchObject({
      status: 404,
    })
  })

  it('autocompleteUsers finds a user by the whole e-mail address', async () => {
    const { id, email } = await createUser()
    const { body } = await users('autocompleteUsers', tenant, { q: email })
    expect(body).toEqual([expect.objectContaining({ id, username: email })])
  })

  it('impersonate answers with an object, and no cookie', async () => {
    const { id } = await createUser()
    const { status, body } = await users('impersonate', id)
    expect([status, typeof body]).toEqual([200, 'object'])
    await expect(users('impersonate', 'nobody')).rejects.toMatchObject({ status: 404 })
  })
})
