import type { ServerResponse } from 'node:http'
import * as v from 'valibot'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Failure } from '../../action/failure.ts'
import { createHttp, type HttpOptions, json } from '../../action/http.ts'
import { apiError, type Received, type StandIn, sendJson, startServer } from './fixtures.ts'

const Answer = v.object({ value: v.number() })
const SECRET = 'canary-credential-1234567890'

let server: StandIn | undefined
afterEach(async () => {
  vi.restoreAllMocks()
  await server?.[Symbol.asyncDispose]()
  server = undefined
})

/** Answers the requests in turn, the last answer again and again. */
async function start(
  ...answers: ((response: ServerResponse, request: Received) => void)[]
): Promise<StandIn> {
  let turn = 0
  server = await startServer((request, response) => {
    answers[Math.min(turn++, answers.length - 1)]?.(response, request)
  })
  return server
}

const good = (response: ServerResponse) => sendJson(response, 200, { value: 1 })
const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    sendJson(response, code, apiError('some_code', 'Some advice.'), headers)

/** Sends one request with a recorded clock: pauses pass at once. */
async function post({ url }: { url: string }, options: Partial<HttpOptions> = {}) {
  const pauses: number[] = []
  let clock = Date.UTC(2026, 0, 1)
  const http = createHttp({
    redact: (text) => text.replaceAll(SECRET, '***'),
    sleep: async (ms) => {
      pauses.push(ms)
      clock += ms
    },
    random: () => 1,
    now: () => clock,
    ...options,
  })
  const request = { headers: { Authorization: `Bearer ${SECRET}` }, body: 'x' }
  const outcome = await http.send('POST', `${url}/x`, request, json(Answer)).catch((error: unknown) => error)
  return { outcome, failure: outcome as Failure, pauses, requests: http.requests }
}

describe('an answer', () => {
  it('is parsed by its schema', async () => {
    const { outcome, requests } = await post(await start(good))
    expect(outcome).toEqual({ value: 1 })
    expect(requests).toBe(1)
  })

  it('may be empty where nothing is expected', async () => {
    const { url } = await start((response) => response.end())
    const http = createHttp({ redact: (text) => text })
    await expect(http.send('POST', url, { body: 'x' }, json(v.undefined()))).resolves.toBeUndefined()
  })

  it('names the client and carries its headers', async () => {
    const { received, url } = await start(good)
    await post({ url })
    expect(received[0]?.headers).toMatchObject({
      'user-agent': expect.stringMatching(/^postern-action\/\d+\.\d+\.\d+$/),
      authorization: `Bearer ${SECRET}`,
    })
  })

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'HTML',
      (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in here'),
      /text\/html, begins with «<html>Sign in here»/,
    ],
    [
      'HTML with an error status',
      (response) => response.writeHead(403, { 'Content-Type': 'text/html' }).end(`<p>${SECRET}`),
      /status 403 .* begins with «<p>\*\*\*»/,
    ],
    [
      'another shape',
      (response) => sendJson(response, 200, { value: 'secret' }),
      /something unexpected at value/,
    ],
    ['nothing', (response) => response.end(), /something unexpected at its top/],
    [
      'a redirect',
      (response) => response.writeHead(302, { Location: 'https://elsewhere.example' }).end(),
      /redirects to https:\/\/elsewhere.example/,
    ],
    [
      'more than can be honest',
      (response) => response.writeHead(200).end('x'.repeat(33 * 1024 * 1024)),
      /longer than/,
    ],
    ['an error of somebody else', (response) => sendJson(response, 404, { error: 'no' }), /status 404/],
  ])('that is %s is not one of a Postern, and is not asked for again', async (_, answer, message) => {
    const { failure, requests } = await post(await start(answer))
    expect(failure.code).toBe('POSTERN-401')
    expect(failure.message).toMatch(message)
    expect(failure.message).not.toContain('secret')
    expect(requests).toBe(1)
  })

  it('that redirects is not followed', async () => {
    const { url, received } = await start((response) => response.writeHead(307, { Location: '/y' }).end())
    await post({ url })
    expect(received.map(({ path }) => path)).toEqual(['/x'])
  })
})

describe('a refusal', () => {
  it.each([
    [401, 'token_unknown', 'POSTERN-112'],
    [401, 'token_expired', 'POSTERN-113'],
    [401, 'token_revoked', 'POSTERN-112'],
    [403, 'permission_missing', 'POSTERN-121'],
    [412, 'folder_changed', 'POSTERN-407'],
    [422, 'hash_mismatch', 'POSTERN-407'],
  ])(
    'of %i with %s is %s, with the code, advice and request id of the server',
    async (code, serverCode, expected) => {
      const refusal = (response: ServerResponse) => sendJson(response, code, apiError(serverCode, 'Do this.'))
      const { failure, requests } = await post(await start(refusal))
      expect(failure.code).toBe(expected)
      expect(failure.serverCode).toBe(serverCode)
      expect(failure.message).toContain(`Do this. (${serverCode}, request req-1)`)
      expect(requests).toBe(1)
    },
  )

  it.each([
    ['token_malformed', 'POSTERN-112'],
    ['account_disabled', 'POSTERN-112'],
    ['token_expired', 'POSTERN-113'],
  ])('in the shape of OAuth with %s is %s', async (code, expected) => {
    const body = { error: 'invalid_request', error_description: 'Do that.', code, requestId: 'req-2' }
    const { failure } = await post(await start((response) => sendJson(response, 400, body)))
    expect(failure.code).toBe(expected)
    expect(failure.message).toContain('Do that.')
  })

  it('that echoes the credential does not bring it into the message', async () => {
    const echo = (response: ServerResponse, { headers }: Received) =>
      sendJson(response, 422, apiError('x', `${'.'.repeat(280)}${headers.authorization}`))
    const { failure } = await post(await start(echo))
    expect(failure.message).toContain('***')
    expect(failure.message).not.toContain(SECRET.slice(0, 8))
  })
})

describe('another try', () => {
  it.each([429, 500, 502, 503, 504])('follows %i', async (code) => {
    const { outcome, pauses } = await post(await start(status(code), good))
    expect(outcome).toEqual({ value: 1 })
    expect(pauses).toEqual([500])
  })

  it('follows a body that was cut', async () => {
    const cut = (response: ServerResponse) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('{"value":')
      setImmediate(() => response.destroy())
    }
    const { outcome, requests } = await post(await start(cut, good))
    expect(outcome).toEqual({ value: 1 })
    expect(requests).toBe(2)
  })

  it('follows a body that does not end in time', async () => {
    // Time is up when the test says so, which is after the head of the first answer.
    const timers = [new AbortController(), new AbortController()]
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    for (const { signal } of timers) timeout.mockReturnValueOnce(signal)
    const slow = (response: ServerResponse) => {
      response.writeHead(200).write('{"value":', () => {
        timers[0]?.abort(new DOMException('Time is up.', 'TimeoutError'))
      })
    }
    const { outcome, requests } = await post(await start(slow, good), { timeoutMs: 200 })
    expect(outcome).toEqual({ value: 1 })
    expect(requests).toBe(2)
    expect(timeout.mock.calls).toEqual([[200], [200]])
  })

  it('is the fourth at most, after pauses that grow', async () => {
    const { failure, pauses, requests } = await post(await start(status(503)))
    expect(failure.code).toBe('POSTERN-407')
    expect(requests).toBe(4)
    expect(pauses).toEqual([500, 1000, 2000])
  })

  it('comes at a random moment within the pause', async () => {
    const { pauses } = await post(await start(status(503), good), { random: () => 0.25 })
    expect(pauses).toEqual([125])
  })

  it.each([
    ['seconds', '7'],
    ['a date', new Date(Date.UTC(2026, 0, 1) + 7000).toUTCString()],
  ])('waits as Retry-After says in %s', async (_, text) => {
    const { pauses } = await post(await start(status(429, { 'Retry-After': text }), good))
    expect(pauses).toEqual([7000])
  })

  it('comes after the usual pause when the date of Retry-After has passed', async () => {
    const past = new Date(Date.UTC(2020, 0, 1)).toUTCString()
    const { pauses } = await post(await start(status(503, { 'Retry-After': past }), good))
    expect(pauses).toEqual([500])
  })

  it('does not come after the deadline', async () => {
    const limited = status(429, { 'Retry-After': '400' })
    const { failure, requests } = await post(await start(limited), { deadlineMs: 300_000 })
    expect(failure.code).toBe('POSTERN-406')
    expect(failure.message).toContain('Retry-After: 400')
    expect(requests).toBe(1)
  })
})

describe('a body in pieces', () => {
  async function* pieces(...texts: string[]) {
    for (const text of texts) yield Buffer.from(text)
  }

  it('is opened anew for each try', async () => {
    const { url, received } = await start(status(503), good)
    let opened = 0
    const body = {
      type: 'text/plain',
      length: 4,
      open: () => {
        opened++
        return pieces('ab', 'cd')
      },
    }
    const http = createHttp({ redact: (text) => text, sleep: async () => {} })
    await http.send('PUT', url, { body }, json(Answer))
    expect(opened).toBe(2)
    expect(received.map(({ body, headers }) => [String(body), headers['content-length']])).toEqual([
      ['abcd', '4'],
      ['abcd', '4'],
    ])
  })

  it('that breaks ends the request with what it broke of, and is not tried again', async () => {
    const { url, received } = await start(good)
    const broken = new Failure('POSTERN-205', { what: 'Changed.', fix: '' })
    const body = {
      type: 'text/plain',
      length: 4,
      async *open() {
        yield Buffer.from('ab')
        throw broken
      },
    }
    const http = createHttp({ redact: (text) => text, sleep: async () => {} })
    await expect(http.send('PUT', url, { body }, json(Answer))).rejects.toBe(broken)
    expect(http.requests).toBe(1)
    expect(received).toEqual([])
  })
})

describe('no connection', () => {
  it('is tried again, then named without its credential', async () => {
    const { url } = await start(good)
    await server?.[Symbol.asyncDispose]()
    server = undefined
    const { failure, requests } = await post({ url })
    expect(failure.code).toBe('POSTERN-405')
    expect(failure.message).toContain('ECONNREFUSED')
    expect(failure.message).not.toContain(SECRET)
    expect(requests).toBe(4)
  })

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'because of the certificate (%s) is told as that, once',
    async (code) => {
      const transport = async () => {
        throw Object.assign(new Error('no'), { code })
      }
      const { failure, requests } = await post({ url: 'https://postern.example.com' }, { transport })
      expect(failure.code).toBe('POSTERN-403')
      expect(requests).toBe(1)
    },
  )
})

describe('Failure', () => {
  it('has its words in order: what happened, why, what to do', () => {
    expect(new Failure('POSTERN-999', { what: 'A.', why: 'B.', fix: 'C.' }).message).toBe('A. B. C.')
  })
})
