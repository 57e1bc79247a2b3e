import { describe, expect, inject, it } from 'vitest'
import { openApi } from './sdk.ts'

const auths = openApi('AuthsApi')

describe('AuthsApi', () => {
  it('index says how one may sign in, to anybody', async () => {
    const { body } = await openApi('AuthsApi', { token: '' })('index')
    expect(body).toMatchObject({ loginPassword: true, mailsEnabled: false, oauths: [] })
  })

  it('getCurrentUser and patchCurrentUser', async () => {
    const { username } = inject('edge')
    expect((await auths('patchCurrentUser', { firstName: 'Root' })).body.profile).toMatchObject({
      firstName: 'Root',
    })
    expect((await auths('getCurrentUser')).body).toMatchObject({
      superAdmin: true,
      profile: { username, firstName: 'Root' },
      // Other files may have made others meanwhile.
      tenants: expect.arrayContaining([expect.objectContaining({ id: 'main' })]),
    })
  })

  it('getCurrentUser works with a password as well', async () => {
    const { username, password } = inject('edge')
    expect((await openApi('AuthsApi', { username, password })('getCurrentUser')).status).toBe(200)
  })

  it('createApiTokenForCurrentUser, listApiTokensForCurrentUser and deleteApiTokenForCurrentUser', async () => {
    const minted = (await auths('createApiTokenForCurrentUser', { name: 'mine', maxAge: 'P1D' })).body
    const own = openApi('AuthsApi', { token: minted.fullToken })
    expect((await own('listApiTokensForCurrentUser')).body.results).toContainEqual(
      expect.objectContaining({ id: minted.id, name: 'mine', exp: expect.any(String) }),
    )
    expect((await auths('deleteApiTokenForCurrentUser', minted.id)).status).toBe(200)
    await expect(own('getCurrentUser')).rejects.toMatchObject({ status: 401 })
  })
})
