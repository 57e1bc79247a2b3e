import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseToken } from '../../../shared/token-format.ts'
import { deriveKeys } from '../../../worker/tokens/keys.ts'
import { drawMintedToken } from '../../../worker/tokens/mint.ts'
import { forgeFor, unknownToken } from '../support/attacks.ts'
import { HOUR, later } from '../support/clock.ts'
import {
  ADMIN,
  asAdmin,
  type Bot,
  basic,
  call,
  createBot,
  expectJson,
  freshEdge,
  mintToken,
  setDisabled,
  signIn,
} from '../support/edge.ts'
import { accessTokenFor } from '../support/oauth.ts'
import { costOf } from '../support/round-trips.ts'

/** Open to whoever may look at roles. */
const PATH = '/api/v1/main/roles/viewer_main'

let bot: Bot
beforeAll(async () => {
  await freshEdge()
  bot = await createBot({ ROLE: ['VIEW'] }, { namespace: null })
})

interface Answer {
  readonly message: string
  readonly code: string
  readonly detail: string
}

async function refused(authorization?: string): Promise<Answer & { challenges: string[] }> {
  const answer = await call(PATH, authorization === undefined ? {} : { authorization })
  const challenges = answer.headers.get('WWW-Authenticate')?.split(/, (?=\w+ realm)/) ?? []
  return { ...(await expectJson<Answer>(answer, 401)), challenges }
}

describe('a request without a good credential', () => {
  it.each<[string, string | undefined]>([
    ['no header', undefined],
    ['an empty header', ''],
    ['the empty Basic of a provider with nothing configured', 'Basic Og=='],
  ])('asks for one after %s', async (_, authorization) => {
    expect(await refused(authorization)).toMatchObject({
      message: 'Unauthorized',
      code: 'credentials_missing',
      challenges: ['Bearer realm="postern"', 'Basic realm="postern"'],
    })
  })

  it.each([
    ['a scheme without a value', 'Bearer'],
    ['a value without a scheme', () => bot.token],
    ['another scheme', 'Digest username="x"'],
    ['two values in one', 'Bearer one two'],
    ['another scheme beside a good token', () => `Bearer ${bot.token}, Digest x`],
    ['Basic that is not base64', 'Basic !!!!'],
    ['Basic without a colon', `Basic ${btoa('admin')}`],
    ['Basic that is not UTF-8', `Basic ${btoa('\xff\xfe:\xff')}`],
    ['a comma and nothing else', ','],
  ])('calls it malformed: %s', async (_, header) => {
    const authorization = typeof header === 'string' ? header : header()
    expect(await refused(authorization)).toMatchObject({
      message: 'Unauthorized',
      code: 'credentials_malformed',
      challenges: ['Bearer realm="postern", error="invalid_token"', 'Basic realm="postern"'],
    })
  })

  it.each<[string, (token: string) => string]>([
    ['cut at its end', (token) => token.slice(0, -1)],
    ['cut at its start', (token) => token.slice(1)],
    ['longer by one', (token) => `${token}0`],
    [
      'with a letter changed',
      (token) => token.slice(0, 30) + (token[30] === 'a' ? 'b' : 'a') + token.slice(31),
    ],
    ['in capitals', (token) => token.toUpperCase()],
    ['with another prefix', (token) => token.replace('pst_', 'psx_')],
    ['of one letter', () => 'x'],
    ['that begins as a JWT does', () => 'eyJ'],
    ['that is an unsigned JWT', () => `${btoa('{"alg":"none"}').replaceAll('=', '')}.e30.`],
    ['of two thousand letters', () => `pst_${'a'.repeat(2_000)}`],
  ])('refuses a token %s without a look into D1', async (_, change) => {
    const token = change(bot.token)
    const cost = await costOf(async () => {
      const answer = await refused(`Bearer ${token}`)
      expect(answer).toMatchObject({ message: 'Unauthorized', code: 'token_malformed' })
    })
    expect(cost).toEqual({ statements: 0, roundTrips: 0 })
  })

  it.each([
    ['a token that was never minted', unknownToken],
    ['the id of one token with the secret of another', () => forgeFor(bot.token)],
  ])('does not know %s', async (_, token) => {
    expect(await refused(`Bearer ${token()}`)).toMatchObject({
      message: 'Unauthorized',
      code: 'token_unknown',
    })
  })

  it.each<[string, () => string]>([
    ['a wrong password', () => basic(ADMIN.username, `${ADMIN.password}x`)],
    ['a password in another case', () => basic(ADMIN.username, ADMIN.password.toLowerCase())],
    ['no password', () => basic(ADMIN.username, '')],
    ['no username', () => basic('', ADMIN.password)],
    ['an unknown user', () => basic('nobody@example.com', ADMIN.password)],
    ['a service account’s name and token', () => basic('deploy-bot', bot.token)],
    ['a service account’s name and no password', () => basic('deploy-bot', '')],
    ['a service account’s id and token', () => basic(bot.id, bot.token)],
  ])('does not tell apart what is wrong with Basic (threat 25): %s', async (_, authorization) => {
    expect(await refused(authorization())).toMatchObject({
      message: 'Unauthorized',
      code: 'credentials_wrong',
      detail: 'The e-mail address or the password is wrong. Service accounts sign in with a token.',
    })
  })

  it('lets nobody in as a user who has no password', async () => {
    const email = 'sso@example.com'
    await expectJson(call('/api/v1/users', { ...asAdmin, json: { email, superAdmin: true } }), 201)
    for (const password of ['', 'null', 'undefined']) {
      expect(await refused(basic(email, password))).toMatchObject({ code: 'credentials_wrong' })
    }
  })
})

describe('a request with a good credential', () => {
  const wrong = basic(ADMIN.username, 'Wrong!1234')

  it.each<[string, () => string]>([
    ['Bearer', () => `Bearer ${bot.token}`],
    ['bearer in small letters', () => `bearer ${bot.token}`],
    ['BEARER in capitals, and two spaces', () => `BEARER  ${bot.token}`],
    ['Bearer after an empty Basic', () => `Basic Og==, Bearer ${bot.token}`],
    ['Bearer after a wrong Basic', () => `${wrong}, Bearer ${bot.token}`],
    ['Bearer before a wrong Basic, without a space', () => `Bearer ${bot.token},${wrong}`],
    ['Basic', () => asAdmin.authorization],
    ['basic in small letters', () => asAdmin.authorization.replace('Basic', 'basic')],
    ['Basic with the e-mail address in capitals', () => basic(ADMIN.username.toUpperCase(), ADMIN.password)],
  ])('is let in with %s', async (_, authorization) => {
    await expectJson(call(PATH, { authorization: authorization() }))
  })

  it.each([
    ['colons', 'a:Bc:1!::', 'a:Bc:1!::'],
    ['letters beyond ASCII', 'Grüße1!→✓', 'Grüße1!→✓'],
    ['accents typed as a letter and a mark', 'Caf\u00e9!1234', 'Cafe\u0301!1234'],
  ])('may use a password with %s', async (what, password, typed) => {
    const email = `${what.length}@example.com`
    await expectJson(call('/api/v1/users', { ...asAdmin, json: { email, password, superAdmin: true } }), 201)
    await expectJson(call(PATH, { authorization: basic(email, typed) }))
  })
})

describe('a request with several credentials', () => {
  const good = () => `Bearer ${bot.token}`
  const bad = () => `Bearer ${unknownToken()}`
  const asUser = asAdmin.authorization

  it.each<[string, () => string, 'session' | 'two sessions' | undefined]>([
    ['a bad token beside a password', () => `${bad()}, ${asUser}`, undefined],
    ['a password beside a bad token', () => `${asUser}, ${bad()}`, undefined],
    ['a bad token before a good one', () => `${bad()}, ${good()}`, undefined],
    ['a good token before a bad one', () => `${good()}, ${bad()}`, undefined],
    ['the same good token twice', () => `${good()},${good()}`, undefined],
    ['two passwords', () => `${asUser}, ${basic(ADMIN.username, 'Wrong!1234')}`, undefined],
    ['another scheme beside a good token', () => `${good()}, Negotiate abc`, undefined],
    ['a bad token beside a session', bad, 'session'],
    ['a token that was cut beside a session', () => good().slice(0, -1), 'session'],
    ['a scheme that nobody knows beside a session', () => 'Digest username="x"', 'session'],
    ['two sessions', () => '', 'two sessions'],
  ])(
    'is refused with one that does not count, however good the other is (threat 17): %s',
    async (_, sent, cookies) => {
      const session = await signIn(ADMIN.username, ADMIN.password)
      const Cookie = { session, 'two sessions': `${session}; ${session}`, none: '' }[cookies ?? 'none']
      const answer = await call(PATH, { authorization: sent(), headers: { Cookie } })
      expect(await expectJson(answer, 401)).toMatchObject({ message: 'Unauthorized' })
    },
  )

  it('acts as the token’s account, not as that of the session or the password beside it (threat 17)', async () => {
    const Cookie = await signIn(ADMIN.username, ADMIN.password)
    for (const authorization of [good(), `${asUser}, ${good()}`, `${good()}, ${asUser}`]) {
      const answer = await call('/api/v1/users', { authorization, headers: { Cookie } })
      expect(await expectJson(answer, 403)).toMatchObject({ code: 'superadmin_required' })
    }
  })
})

describe('a credential outside of its header', () => {
  it.each(['access_token', 'token', 'jwt', 'JWT', 'Authorization', 'api_token'])(
    'is none, be it in the URL or in a form (threat 29): %s',
    async (name) => {
      const sent = new URLSearchParams({ [name]: bot.token })
      for (const answer of [call(`${PATH}?${sent}`), call('/api/v1/main/roles', { body: sent })]) {
        expect(await expectJson(answer, 401)).toMatchObject({ code: 'credentials_missing' })
      }
    },
  )
})

describe('a token’s end', () => {
  it('comes at its expiry, not a minute before', async () => {
    const { fullToken } = await mintToken(bot.id, { maxAge: 'PT1H' })
    await later(HOUR - 60_000, () => expectJson(call(PATH, { token: fullToken })))
    const answer = await later(HOUR, () => refused(`Bearer ${fullToken}`))
    expect(answer).toMatchObject({ message: 'Unauthorized', code: 'token_expired' })
  })

  it('is not told to who has its id alone', async () => {
    const { fullToken } = await mintToken(bot.id, { maxAge: 'PT1H' })
    const answer = await later(HOUR, () => refused(`Bearer ${forgeFor(fullToken)}`))
    expect(answer).toMatchObject({ code: 'token_unknown' })
  })

  it('comes at once when it is revoked', async () => {
    const { id, fullToken } = await mintToken(bot.id)
    await expectJson(call(PATH, { token: fullToken }))
    const path = `/api/v1/main/service-accounts/${bot.id}/api-tokens/${id}`
    expect((await call(path, { ...asAdmin, method: 'DELETE' })).status).toBe(200)
    expect(await refused(`Bearer ${fullToken}`)).toMatchObject({ code: 'token_unknown' })
  })
})

describe('a disabled account', () => {
  it('is refused with every token, and let in again when it is enabled', async () => {
    const accessToken = await accessTokenFor(bot.token)
    await setDisabled(bot.id, Date.now())
    expect(await refused(`Bearer ${bot.token}`)).toMatchObject({ code: 'account_disabled' })
    expect(await refused(`Bearer ${accessToken}`)).toMatchObject({ code: 'account_disabled' })
    expect(await refused(`Bearer ${forgeFor(bot.token)}`)).toMatchObject({ code: 'token_unknown' })
    await setDisabled(bot.id, null)
    await expectJson(call(PATH, { token: bot.token }))
  })

  it('is refused with its password, and nobody learns why', async () => {
    const user = { email: 'gone@example.com', password: 'Gone!1234', superAdmin: true }
    const { id } = await expectJson<{ id: string }>(call('/api/v1/users', { ...asAdmin, json: user }), 201)
    await setDisabled(id, Date.now())
    expect(await refused(basic(user.email, user.password))).toMatchObject({ code: 'credentials_wrong' })
  })
})

describe('a row that was put into the table by hand (threat 2)', () => {
  const insert = (id: string, mac: Uint8Array, keyVersion = '') =>
    env.DB.prepare(
      "INSERT INTO tokens (id, kind, account_id, name, description, mac, key_version, created_at) VALUES (?, 'API', ?, 'x', '', ?, ?, 0)",
    )
      .bind(id, bot.id, mac, keyVersion)
      .run()
  const ourVersion = async () =>
    String(
      await env.DB.prepare('SELECT key_version FROM tokens WHERE id = ?')
        .bind(bot.tokenId)
        .first('key_version'),
    )

  it.each<[string, (token: string) => Promise<Uint8Array>]>([
    [
      'a plain SHA-256 of the token',
      async (token) => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))),
    ],
    ['the token itself', async (token) => new TextEncoder().encode(token)],
    ['nothing', async () => new Uint8Array()],
    [
      'another token’s code',
      async () =>
        Uint8Array.from(
          (await env.DB.prepare('SELECT mac FROM tokens WHERE id = ?')
            .bind(bot.tokenId)
            .first<number[]>('mac')) ?? [],
        ),
    ],
  ])('authenticates nobody with %s for a code', async (_, macOf) => {
    const { id = '', token } = parseToken(unknownToken()) ?? {}
    await insert(id, await macOf(token ?? ''))
    expect(await refused(`Bearer ${token}`)).toMatchObject({ code: 'token_unknown' })
  })

  it.each<[string, (theirs: string) => Promise<string> | string]>([
    ['that one', (theirs) => theirs],
    ['ours', ourVersion],
    ['none', () => ''],
  ])(
    'authenticates nobody with a code under another MASTER_KEY that says it is of %s',
    async (_, versionOf) => {
      const theirs = await deriveKeys(crypto.getRandomValues(new Uint8Array(32)))
      const drawn = await drawMintedToken(theirs, { kind: 'API', accountId: bot.id, createdAt: 0 })
      await insert(drawn.token.id, drawn.token.mac, await versionOf(theirs.version))
      expect(await refused(`Bearer ${drawn.fullToken}`)).toMatchObject({ code: 'token_unknown' })
    },
  )
})

describe('the cost of a verification', () => {
  // A refusal for want of a right needs nothing from D1 but the verification itself.
  const refusedCall = async (token: string) =>
    expect((await call('/api/v1/main/roles', { token, json: {} })).status).toBe(403)

  it('is one round trip to D1 for an API token', async () => {
    expect(await costOf(() => refusedCall(bot.token))).toMatchObject({ roundTrips: 1 })
  })

  it('is one round trip to D1 for an access token', async () => {
    const accessToken = await accessTokenFor(bot.token)
    expect(await costOf(() => refusedCall(accessToken))).toMatchObject({ roundTrips: 1 })
  })

  it('is one round trip to D1 for an unknown token', async () => {
    const token = unknownToken()
    expect(await costOf(() => refused(`Bearer ${token}`))).toMatchObject({ roundTrips: 1 })
  })
})
