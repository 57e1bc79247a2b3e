import { describe, expect, it } from 'vitest'
import { type Answer, asAdmin, createClient, type SdkError } from './sdk.ts'

/** The class of these does not load: the model missing from the package is one of its own. Its calls are these. */
const call = (method: string, path: string, body: unknown = null): Promise<Answer> =>
  new Promise((resolve, reject) => {
    createClient(asAdmin()).callApi(
      path,
      method,
      { tenant: 'main' },
      {},
      {},
      {},
      body,
      ['basicAuth', 'bearerAuth'],
      [],
      ['application/json'],
      Object,
      null,
      (error: SdkError | null, data: unknown, response: { status: number; body: unknown }) =>
        error ? reject(error) : resolve({ data, status: response.status, body: response.body }),
    )
  })

describe('MiscApi', () => {
  it('getConfiguration says which version and edition this is', async () => {
    const { body } = await call('GET', '/api/v1/configs')
    expect(Number.parseInt(body.version, 10)).toBeGreaterThanOrEqual(2)
    expect(body).toMatchObject({
      edition: 'EE',
      uuid: expect.any(String),
      passwordConfiguration: expect.any(Object),
    })
  })

  it('getLicenseInfo', async () => {
    expect((await call('GET', '/api/v1/license-info')).body).toMatchObject({ expired: false })
  })

  it('getActions, getPermissions', async () => {
    expect((await call('GET', '/api/v1/{tenant}/acls/actions')).status).toBe(200)
    expect((await call('GET', '/api/v1/{tenant}/acls/permissions')).body).toMatchObject({
      FLOW: expect.any(Array),
      EXECUTION: expect.any(Array),
    })
  })

  it('setup is done once', async () => {
    await expect(call('GET', '/api/v1/setup')).rejects.toMatchObject({ status: 405 })
    const again = {
      username: 'second@example.com',
      password: 'Root!1234',
      tenant: { id: 'main', name: 'main' },
    }
    await expect(call('POST', '/api/v1/setup', again)).rejects.toMatchObject({ status: 405 })
  })
})
