import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseToken } from '../../../shared/token-format.ts'
import { HOUR, later } from '../support/clock.ts'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  dumpTables,
  expectJson,
  freshEdge,
  inventory,
} from '../support/edge.ts'

interface Created {
  readonly id: string
  readonly name: string
  readonly fullToken: string
}

interface Row {
  readonly id: string
  readonly iat: string
  readonly exp?: string
  readonly expired: boolean
}

let admin: Bot
let account: string
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})
beforeEach(async () => {
  const json = { name: 'owner' }
  account = (await expectJson<Created>(call('/api/v1/main/service-accounts', { ...admin, json }))).id
})

describe.each([
  ['tenant', '/api/v1/main'],
  ['instance', '/api/v1'],
])('API tokens of a service account, at the %s', (_, base) => {
  const path = () => `${base}/service-accounts/${account}/api-tokens`
  const mint = (json: object) => expectJson<Created>(call(path(), { ...admin, json }))
  const list = () => expectJson<{ results: Row[]; total: number }>(call(path(), admin))

  it.each([
    ['no name', {}, 'name'],
    ['a name that is no label', { name: 'my token' }, 'name'],
    ['no duration at all', { name: 'ci', maxAge: 'soon' }, 'maxAge'],
    ['an empty duration', { name: 'ci', maxAge: 'P' }, 'maxAge'],
    ['no time', { name: 'ci', maxAge: 'PT0S' }, 'maxAge'],
    ['a negative time', { name: 'ci', maxAge: '-P1D' }, 'maxAge'],
    ['months, whose length nobody knows', { name: 'ci', maxAge: 'P1M' }, 'maxAge'],
    ['more than a hundred years', { name: 'ci', maxAge: 'P99999D' }, 'maxAge'],
    ['a number', { name: 'ci', maxAge: 3_600 }, 'maxAge'],
    ['a description that is a list', { name: 'ci', description: [] }, 'description'],
  ])('are not minted with %s', async (_what, json, field) => {
    const before = await inventory()
    const answer = await expectJson(call(path(), { ...admin, json }), 422)
    expect(answer).toMatchObject({ code: 'invalid_entity', _embedded: { errors: [{ path: field }] } })
    expect(await inventory()).toBe(before)
  })

  it('are not there for an account that is not', async () => {
    const unknown = `${base}/service-accounts/nobody/api-tokens`
    await expectJson(call(unknown, admin), 404)
    await expectJson(call(unknown, { ...admin, json: { name: 'ci' } }), 404)
    await expectJson(call(`${unknown}/x`, { ...admin, method: 'DELETE' }), 404)
  })

  it('are not there for a user of that id', async () => {
    const json = { email: `${account}@example.com` }
    const { id } = await expectJson<Created>(call('/api/v1/users', { ...admin, json }), 201)
    await expectJson(call(`${base}/service-accounts/${id}/api-tokens`, admin), 404)
  })

  it('show their secret in the one answer that created them', async () => {
    const created = await mint({ name: 'ci', extended: false, unknown: 1 })
    expect(created).toEqual({ id: expect.any(String), name: 'ci', fullToken: expect.any(String) })
    expect(parseToken(created.fullToken)).toEqual({ kind: 'API', id: created.id, token: created.fullToken })
    const secret = created.fullToken.slice(-49, -6)
    const elsewhere = JSON.stringify([await list(), await dumpTables()])
    expect(elsewhere).toContain(created.id)
    expect(elsewhere).not.toContain(secret)
    expect(elsewhere).not.toContain(secret.slice(0, 12))
  })

  it('are listed with what may be known of them', async () => {
    expect(await list()).toEqual({ results: [], total: 0 })
    const created = await mint({ name: 'ci' })
    expect(await list()).toEqual({
      total: 1,
      results: [
        {
          id: created.id,
          name: 'ci',
          description: '',
          prefix: created.fullToken.slice(0, 16),
          iat: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
          extended: false,
          expired: false,
        },
      ],
    })
  })

  it.each([
    ['PT1H', 1],
    ['PT1H30M', 1.5],
    ['P1D', 24],
    ['P30D', 720],
    ['P365D', 8_760],
    ['P1DT12H', 36],
  ])('expire after %s', async (maxAge, hours) => {
    await mint({ name: 'ci', description: 'For the pipeline', maxAge })
    const [row] = (await list()).results
    expect(row).toMatchObject({ description: 'For the pipeline', expired: false })
    expect(Date.parse(row?.exp ?? '') - Date.parse(row?.iat ?? '')).toBe(hours * HOUR)
  })

  it.each([{}, { maxAge: null }, { maxAge: '' }])('never expire with %j', async (age) => {
    await mint({ name: 'ci', ...age })
    expect((await list()).results[0]).not.toHaveProperty('exp')
  })

  it('stay in the list when they have expired', async () => {
    const { id } = await mint({ name: 'ci', maxAge: 'PT1H' })
    const { results } = await later(HOUR, list)
    expect(results).toEqual([expect.objectContaining({ id, expired: true, exp: expect.any(String) })])
  })

  it('disappear when they are revoked, with 200 and then 404', async () => {
    const [one, two] = [await mint({ name: 'ci' }), await mint({ name: 'ci' })]
    const answer = await call(`${path()}/${one.id}`, { ...admin, method: 'DELETE' })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect((await list()).results).toMatchObject([{ id: two.id }])
    await expectJson(call(`${path()}/${one.id}`, { ...admin, method: 'DELETE' }), 404)
  })

  it('are not revoked through another account', async () => {
    const other = await expectJson<Created>(
      call('/api/v1/main/service-accounts', { ...admin, json: { name: 'other' } }),
    )
    const { id } = await mint({ name: 'ci' })
    const wrong = `${base}/service-accounts/${other.id}/api-tokens/${id}`
    await expectJson(call(wrong, { ...admin, method: 'DELETE' }), 404)
    expect((await list()).total).toBe(1)
  })
})

describe('nobody mints more than they hold', () => {
  const MINTER = { SERVICE_ACCOUNT: ['READ', 'UPDATE'], NAMESPACE: ['MANAGE_FILES', 'VIEW'] }
  let minter: Bot
  beforeAll(async () => {
    minter = await createBot(MINTER, { namespace: null, by: admin, name: 'minter' })
  })
  const mintAs = (by: Bot, of: string) =>
    call(`/api/v1/main/service-accounts/${of}/api-tokens`, { ...by, json: { name: 'ci' } })

  it('refuses a token of an account that holds more, anywhere', async () => {
    await bind(account, 'admin_main', admin, 'far.away')
    const before = await inventory()
    const answer = await expectJson(mintAs(minter, account), 403)
    expect(answer).toMatchObject({ message: 'Forbidden', code: 'grant_exceeds_own' })
    expect(await inventory()).toBe(before)
  })

  it('refuses a token of an account that holds the same in more namespaces', async () => {
    const { id } = await createBot(MINTER, { namespace: 'prod', by: admin, name: 'narrow' })
    // Managing accounts takes the whole tenant; the files it holds in one namespace alone.
    const role = { name: 'accounts', permissions: { SERVICE_ACCOUNT: ['READ', 'UPDATE'] } }
    const { id: accounts } = await expectJson<Created>(call('/api/v1/main/roles', { ...admin, json: role }))
    await bind(id, accounts, admin)
    const narrow = await expectJson<Created>(mintAs(admin, id))
    const other = await createBot(
      { NAMESPACE: ['MANAGE_FILES'] },
      { namespace: 'dev', by: admin, name: 'dev' },
    )
    const answer = mintAs({ ...minter, token: narrow.fullToken }, other.id)
    expect(await expectJson(answer, 403)).toMatchObject({ code: 'grant_exceeds_own' })
  })

  it('mints for itself, and for an account that holds no more', async () => {
    await expectJson(mintAs(minter, minter.id))
    const { id } = await createBot(
      { NAMESPACE: ['MANAGE_FILES'] },
      { namespace: 'dev', by: admin, name: 'less' },
    )
    await expectJson(mintAs(minter, id))
  })
})
