import { describe, expect, it } from 'vitest'
import { authenticate, giveBackToken } from '../../action/authenticate.ts'
import { createHttp } from '../../action/http.ts'
import { readInputs } from '../../action/inputs/read.ts'
import { API_TOKEN, type StandIn, sendJson, startServer } from './fixtures.ts'
import { createRecorder } from './recorder.ts'

const GRANT = {
  access_token: 'eyJ.access.token',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 600,
}

async function exchange({ url }: StandIn) {
  const runner = createRecorder({ server: url, namespace: 'a', 'api-token': API_TOKEN })
  const http = createHttp({ redact: runner.redact, sleep: async () => {} })
  const inputs = readInputs(runner.input, { hasIdentity: false, isPullRequest: false })
  const authorization = authenticate({ server: http, github: http }, runner, inputs)
  return { runner, header: authorization.then(({ header }) => header) }
}

describe('authenticate', () => {
  it('exchanges the API token, masks what it gets, and saves what the end of the job needs', async () => {
    await using server = await startServer((_, response) => sendJson(response, 200, GRANT))
    const { runner, header } = await exchange(server)
    expect(await header).toBe(`Bearer ${GRANT.access_token}`)
    expect(Object.fromEntries(new URLSearchParams(String(server.received[0]?.body)))).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: API_TOKEN,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      // No more than the run needs.
      scope: 'NAMESPACE_FILE:LIST NAMESPACE_FILE:VIEW NAMESPACE_FILE:CREATE',
      namespace: expect.any(String),
      tenant: 'main',
      lifetime_seconds: expect.stringMatching(/^\d+$/),
    })
    expect(runner.masks).toEqual([GRANT.access_token])
    expect(runner.saved).toEqual({
      'access-token': GRANT.access_token,
      'expires-at': expect.stringMatching(/^\d{13}$/),
      server: server.url,
    })
  })

  it.each(['', 'a\r\nX-Evil: 1', 'a b'])(
    'refuses the access token %j and saves nothing',
    async (access_token) => {
      await using server = await startServer((_, response) =>
        sendJson(response, 200, { ...GRANT, access_token }),
      )
      const { runner, header } = await exchange(server)
      await expect(header).rejects.toMatchObject({ code: 'POSTERN-401' })
      expect(runner.saved).toEqual({})
    },
  )
})

describe('giveBackToken', () => {
  it('revokes what was saved', async () => {
    await using server = await startServer((_, response) => void response.end())
    const runner = createRecorder({}, { 'access-token': 'eyJ.x', server: server.url })
    await giveBackToken(runner)
    expect(server.received.map(({ path, body }) => [path, String(body)])).toEqual([
      ['/oauth/revoke', 'token=eyJ.x'],
    ])
    expect(runner.warnings).toEqual([])
  })

  it('does nothing when nothing was saved', async () => {
    const runner = createRecorder()
    await giveBackToken(runner)
    expect([...runner.lines, ...runner.masks, ...runner.warnings]).toEqual([])
  })

  it('warns when the server refuses', async () => {
    await using server = await startServer((_, response) => sendJson(response, 400, {}))
    const runner = createRecorder({}, { 'access-token': 'eyJ.x', server: server.url })
    await giveBackToken(runner)
    expect(runner.warnings).toEqual([expect.stringContaining('POSTERN-401')])
  })
})
