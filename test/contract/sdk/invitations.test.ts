import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const invitations = openApi('InvitationsApi')
const tenant = 'main'

const invite = async (email = `${fresh('invited')}@example.com`) =>
  (await invitations('createInvitation', tenant, { email, roles: [{ id: 'viewer_main' }], groups: [] })).body

describe('InvitationsApi', () => {
  it('createInvitation, getInvitation, searchInvitations and deleteInvitation', async () => {
    const email = `${fresh('invited')}@example.com`
    const { id } = await invite(email)
    expect((await invitations('getInvitation', id, tenant)).body).toMatchObject({
      id,
      email,
      status: 'PENDING',
    })
    expect((await invitations('listInvitationsByEmail', email, tenant)).body).toHaveLength(1)
    expect((await invitations('searchInvitations', 1, 10, tenant, { email })).body.total).toBe(1)
    expect((await invitations('deleteInvitation', id, tenant)).status).toBe(204)
    await expect(invitations('getInvitation', id, tenant)).rejects.toMatchObject({ status: 404 })
  })

  it('findAllInvitationsForCurrentUser answers a list', async () => {
    expect((await invitations('findAllInvitationsForCurrentUser')).body).toEqual([])
  })
})
