import { describe, expect, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const accounts = openApi('ServiceAccountApi')
const groups = openApi('GroupsApi')
const tenant = 'main'

describe('ServiceAccountApi', () => {
  it('createServiceAccount answers with name, description and groups', async () => {
    const group = (await groups('createGroup', tenant, { name: fresh('Bots') })).body
    const name = fresh('bot')
    const request = { name, description: 'Deploys', groups: [{ id: group.id }] }
    const { status, body: data } = await accounts('createServiceAccount', tenant, request)
    expect(status).toBe(200)
    expect(data).toMatchObject({
      name,
      description: 'Deploys',
      groups: [{ id: group.id }],
      superAdmin: false,
    })
  })

  it('createServiceAccount refuses a name that is no label, and a group that is not there', async () => {
    await expect(accounts('createServiceAccount', tenant, { name: 'my_bot' })).rejects.toMatchObject({
      status: 422,
      response: { body: { _embedded: { errors: [{ path: expect.stringMatching(/name$/) }] } } },
    })
    const request = { name: fresh('bot'), groups: [{ id: 'nowhere' }] }
    await expect(accounts('createServiceAccount', tenant, request)).rejects.toMatchObject({ status: 404 })
  })

  it('getServiceAccount and updateServiceAccount read and replace it', async () => {
    const { id } = (await accounts('createServiceAccount', tenant, { name: fresh('bot') })).body
    const name = fresh('renamed')
    expect(
      (await accounts('updateServiceAccount', id, tenant, { id, name, groups: null })).body,
    ).toMatchObject({
      id,
      name,
    })
    expect((await accounts('getServiceAccount', id, tenant)).body).toMatchObject({ id, name })
  })

  it('deleteServiceAccount answers 200, and then it is gone', async () => {
    const { id } = (await accounts('createServiceAccount', tenant, { name: fresh('bot') })).body
    expect((await accounts('deleteServiceAccount', id, tenant)).status).toBe(200)
    await expect(accounts('getServiceAccount', id, tenant)).rejects.toMatchObject({ status: 404 })
  })
})
