/** When a change is felt, by isolates that remember what was before it, over the real D1. */

import { env } from 'cloudflare:workers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Bot,
  bind,
  call,
  createAdmin,
  createBot,
  expectJson,
  freshEdge,
  mintToken,
  setDisabled,
} from '../support/edge.ts'
import { copiesEverMade, type Isolate, openIsolate } from '../support/isolates.ts'
import { credentialOf, credentialsOf, exchangeAssertion, startIssuer, trust } from '../support/issuer.ts'
import { accessTokenFor, giveBack } from '../support/oauth.ts'
import { createRandom, seedsOf } from '../support/random.ts'

const BOUND_MS = 10_000
/** Many requests, on a machine that others use too. */
const LONG_MS = 600_000
const SEARCH = '/api/v1/main/namespaces/prod/files/search'
const STRICT = { 'Postern-Consistency': 'strict' }

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
})
afterEach(() => {
  vi.useRealTimers()
})
const wait = (ms: number) => vi.setSystemTime(Date.now() + ms)

const change = (sql: string, kind: string, ref: string) =>
  env.DB.batch([
    env.DB.prepare(sql),
    env.DB.prepare('INSERT INTO changes (at, kind, ref) VALUES (0, ?, ?)').bind(kind, ref),
  ])
const post = (path: string, json: object) => expectJson<{ id: string }>(call(path, { ...admin, json }))
const remove = async (path: string) => {
  expect((await call(path, { ...admin, method: 'DELETE' })).ok).toBe(true)
}

/** A bot that may list files through one role, which it holds itself or through a group. */
interface World extends Bot {
  readonly role: string
  readonly binding: string
  readonly group: string
  readonly accessToken: string
}

async function createWorld(isInGroup: boolean): Promise<World> {
  const bot = await createBot({ KVSTORE: ['VIEW'] }, { by: admin })
  const { id: role } = await post('/api/v1/main/roles', {
    name: 'Lists',
    permissions: { NAMESPACE_FILE: ['LIST'] },
  })
  const group = `group-of-${bot.id}`
  const accessToken = await accessTokenFor(bot.token)
  if (!isInGroup) {
    const { id: binding } = await bind(bot.id, role, admin, 'prod')
    return { ...bot, role, binding, group, accessToken }
  }
  await env.DB.prepare("INSERT INTO groups VALUES (?, 'main', ?, NULL, 0)").bind(group, group).run()
  await join({ ...bot, group })
  const binding = `binding-of-${group}`
  await change(
    `INSERT INTO bindings VALUES ('${binding}', 'main', NULL, '${group}', '${role}', 'prod', 0)`,
    'group',
    group,
  )
  return { ...bot, role, binding, group, accessToken }
}

const join = ({ id, group }: Pick<World, 'id' | 'group'>) =>
  change(`INSERT INTO group_members VALUES ('${group}', '${id}', 'MEMBER', '', 0)`, 'account', id)
const leave = ({ id, group }: Pick<World, 'id' | 'group'>) =>
  change(`DELETE FROM group_members WHERE group_id = '${group}' AND account_id = '${id}'`, 'account', id)
const editRole = (role: string, actions: string[]) =>
  expectJson(
    call(`/api/v1/main/roles/${role}`, {
      ...admin,
      method: 'PUT',
      json: { name: 'Lists', permissions: { NAMESPACE_FILE: actions } },
    }),
  )

type Change = readonly [what: string, isInGroup: boolean, make: (world: World) => Promise<unknown>]

/** What puts an end to every credential of the account. */
const CHANGES: readonly Change[] = [
  [
    'revoking the token',
    false,
    ({ id, tokenId }) => remove(`/api/v1/main/service-accounts/${id}/api-tokens/${tokenId}`),
  ],
  ['giving the token back', false, ({ token }) => giveBack(token)],
  ['disabling the account', false, ({ id }) => setDisabled(id, 1)],
  ['deleting the account', false, ({ id }) => remove(`/api/v1/main/service-accounts/${id}`)],
  ['removing the binding', false, ({ binding }) => remove(`/api/v1/main/bindings/${binding}`)],
  ['editing the role', false, ({ role }) => editRole(role, ['VIEW'])],
  ['deleting the role', false, ({ role }) => remove(`/api/v1/main/roles/${role}`)],
  ['editing the role of a group', true, ({ role }) => editRole(role, ['VIEW'])],
  ['ending the membership', true, leave],
  [
    'unbinding the group',
    true,
    ({ binding, group }) => change(`DELETE FROM bindings WHERE id = '${binding}'`, 'group', group),
  ],
  [
    'deleting the group',
    true,
    ({ group }) => change(`DELETE FROM groups WHERE id = '${group}'`, 'group', group),
  ],
]

const status = async (isolate: Isolate, token: string, headers = {}) =>
  (await isolate.call(SEARCH, { token, headers })).status

describe('a change that another isolate has made', () => {
  let one: Isolate
  let two: Isolate
  beforeEach(async () => {
    one = await openIsolate()
    two = await openIsolate()
  })

  it.each(CHANGES)(
    'is felt after the bound at the latest, and at once where it is strict: %s (threats 5, 31)',
    async (_, isInGroup, make) => {
      const world = await createWorld(isInGroup)
      for (const token of [world.token, world.accessToken]) {
        for (const isolate of [one, two]) expect(await status(isolate, token)).toBe(200)
      }
      await make(world)
      for (const token of [world.token, world.accessToken]) {
        expect(await status(one, token, STRICT)).toBeGreaterThanOrEqual(401)
        // Who was strict once knows it for all.
        expect(await status(one, token)).toBeGreaterThanOrEqual(401)
        expect(await status(two, token)).toBe(200)
      }
      wait(BOUND_MS + 1)
      for (const token of [world.token, world.accessToken]) {
        expect(await status(two, token)).toBeGreaterThanOrEqual(401)
      }
    },
  )

  it('is not felt a moment before, when nobody has asked (threat 5)', async () => {
    const world = await createWorld(false)
    // Nothing reads ahead of time here but a request.
    await status(one, world.token)
    await giveBack(world.token)
    wait(BOUND_MS)
    expect(await status(one, world.token)).toBe(200)
    wait(1)
    expect(await status(one, world.token)).toBe(401)
  })

  it('is felt when an access token alone is given back', async () => {
    const world = await createWorld(false)
    for (const isolate of [one, two]) expect(await status(isolate, world.accessToken)).toBe(200)
    await giveBack(world.accessToken)
    expect(await status(one, world.accessToken, STRICT)).toBe(401)
    wait(BOUND_MS + 1)
    expect(await status(two, world.accessToken)).toBe(401)
    expect(await status(two, world.token)).toBe(200)
  })

  it('is felt when a signing key is retired (threat 32)', async () => {
    const world = await createWorld(false)
    for (const isolate of [one, two]) expect(await status(isolate, world.accessToken)).toBe(200)
    const key = await env.DB.prepare('SELECT * FROM signing_keys').first<Record<string, unknown>>()
    await change('DELETE FROM signing_keys', 'key', String(key?.kid))
    expect(await status(one, world.accessToken, STRICT)).toBe(401)
    expect(await status(two, world.accessToken)).toBe(200)
    wait(BOUND_MS + 1)
    expect(await status(two, world.accessToken)).toBe(401)
    const columns = Object.keys(key ?? {})
    await env.DB.prepare(`INSERT INTO signing_keys (${columns}) VALUES (${columns.map(() => '?')})`)
      .bind(...Object.values(key ?? {}))
      .run()
  })

  it('never refuses what it has just given: a role, a membership, leave to wake', async () => {
    const world = await createWorld(true)
    await leave(world)
    await setDisabled(world.id, 1)
    expect(await status(one, world.token)).toBe(401)
    await setDisabled(world.id, null)
    expect(await status(one, world.token)).toBe(403)
    await join(world)
    expect(await status(one, world.token)).toBe(200)
  })
})

describe('a change of what a workflow run hangs on', () => {
  let issuer: Awaited<ReturnType<typeof startIssuer>>
  beforeAll(async () => {
    issuer = await startIssuer(admin)
  })
  afterAll(() => issuer.stop())

  const issuerId = () => env.DB.prepare('SELECT id FROM issuers').first<string>('id')
  const enableIssuer = async (enabled: boolean) => {
    const path = `/api/v1/issuers/${await issuerId()}`
    const own = await expectJson(call(path, admin))
    await expectJson(call(path, { ...admin, method: 'PUT', json: { ...own, enabled } }))
  }

  type Run = World & { readonly credential: string }
  it.each<[string, (run: Run) => Promise<unknown>]>([
    [
      'editing the federated credential',
      (run) => {
        const path = `${credentialsOf(run.id)}/${run.credential}`
        return expectJson(call(path, { ...admin, method: 'PUT', json: credentialOf({ maxTtl: 60 }) }))
      },
    ],
    ['deleting it', (run) => remove(`${credentialsOf(run.id)}/${run.credential}`)],
    ['disabling the issuer', () => enableIssuer(false)],
    ['disabling the account', ({ id }) => setDisabled(id, 1)],
    ['removing the binding', ({ binding }) => remove(`/api/v1/main/bindings/${binding}`)],
    ['editing the role', ({ role }) => editRole(role, ['VIEW'])],
  ])(
    'is felt after the bound at the latest, and at once where it is strict: %s (threat 31)',
    async (_, make) => {
      const world = await createWorld(false)
      const { id: credential } = await trust(world, admin)
      const answer = exchangeAssertion(await issuer.sign(), { service_account: world.id })
      const { access_token: token } = await expectJson<{ access_token: string }>(answer)
      const one = await openIsolate()
      const two = await openIsolate()
      for (const isolate of [one, two]) expect(await status(isolate, token)).toBe(200)
      await make({ ...world, credential })
      expect(await status(one, token, STRICT)).toBeGreaterThanOrEqual(401)
      expect(await status(one, token)).toBeGreaterThanOrEqual(401)
      expect(await status(two, token)).toBe(200)
      wait(BOUND_MS + 1)
      expect(await status(two, token)).toBeGreaterThanOrEqual(401)
      await enableIssuer(true)
    },
  )
})

describe('an answer of D1 that is under way while the token is revoked', () => {
  it('lets nobody in once the isolate knows better (threat 6)', async () => {
    const world = await createWorld(false)
    const isolate = await openIsolate()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    isolate.onBatch = async (run) => {
      isolate.onBatch = undefined
      const answer = await run()
      await held
      return answer
    }
    const slow = status(isolate, world.token)
    await giveBack(world.token)
    expect(await status(isolate, world.token)).toBe(401)
    release()
    expect(await slow).toBe(401)
    expect(await status(isolate, world.token)).toBe(401)
  })
})

describe('a copy in KV', () => {
  const copyOf = ({ tokenId }: Bot) => `record:1:token ${tokenId}`

  /** An isolate that has the feed at hand, and will look for a copy. */
  async function openKnowing(): Promise<Isolate> {
    const isolate = await openIsolate()
    expect(await status(isolate, admin.token)).toBe(200)
    return isolate
  }

  /** As an isolate makes it that finds the feed half as old as it may be. */
  async function makeCopy(world: Bot): Promise<unknown> {
    const isolate = await openKnowing()
    expect(await status(isolate, world.token)).toBe(200)
    wait(6_000)
    expect(await status(isolate, world.token)).toBe(200)
    const [copy] = copiesEverMade.get(copyOf(world)) ?? []
    expect(copy).toBeDefined()
    return copy
  }

  it('of before the revocation is of no use after it, however long KV keeps it (threat 38)', async () => {
    const world = await createWorld(false)
    const old = await makeCopy(world)
    await giveBack(world.token)
    const isolate = await openKnowing()
    isolate.onGet = async () => old
    expect(await status(isolate, world.token)).toBe(401)
  })

  it('holds nothing that would let anybody in', async () => {
    const world = await createWorld(false)
    const text = JSON.stringify(await makeCopy(world))
    expect(text).toContain(world.tokenId)
    expect(text).not.toContain(world.token.slice(17))
    expect(text).not.toContain('password')
  })

  it.each<[string, (copy: { text: string; seal: string }, other: unknown) => unknown]>([
    ['that was changed', ({ text, seal }) => ({ text: text.replace('LIST', 'VIEW'), seal })],
    ['whose seal was cut', ({ text, seal }) => ({ text, seal: seal.slice(0, -1) })],
    ['without a seal', ({ text }) => ({ text })],
    ['with a seal that is no text', ({ text }) => ({ text, seal: 1 })],
    ['that is another token’s', (_, other) => other],
    ['that is a number', () => 7],
    ['that is a list', () => []],
    ['that is a text', () => 'garbage'],
  ])('%s is as good as none (threat 38)', async (_, spoil) => {
    const world = await createWorld(false)
    const other = await createWorld(false)
    const [copy, another] = [await makeCopy(world), await makeCopy(other)]
    const isolate = await openKnowing()
    isolate.onGet = async () => spoil(copy as never, another)
    const before = isolate.traffic.reads
    expect(await status(isolate, world.token)).toBe(200)
    // The token from D1, and the route's own look at the files.
    expect(isolate.traffic.reads - before).toBe(2)
  })
})

describe('random schedules over the real D1', () => {
  const seeds = seedsOf(200)

  it(
    'accept nothing later than the bound, nothing where it is strict, and refuse nothing that is good (threat 5)',
    async () => {
      const worlds = [await createWorld(false), await createWorld(true)]
      const isolates = [await openIsolate(), await openIsolate(), await openIsolate()]
      const outcomes = { accepted: 0, refused: 0 }
      for (const seed of seeds) {
        const { below, pick } = createRandom(seed)
        for (const isolate of isolates) {
          isolate.onGet = async (key, run) => {
            const kept = copiesEverMade.get(key) ?? []
            return pick([
              run,
              async () => null,
              async () => pick(kept) ?? null,
              async () => kept[0] ?? null,
            ])()
          }
        }
        const world = pick(worlds)
        const { id: tokenId, fullToken } = await mintToken(world.id, { by: admin })
        const jwt = await accessTokenFor(fullToken)
        const is = { awake: true, revoked: false, member: true, lists: true, givenBack: false }
        const isInGroup = world.binding.startsWith('binding-of')
        const log: string[] = []
        const badSince = new Map<string, number>()
        const note = () => {
          const isGood = is.awake && !is.revoked && is.lists && is.member
          for (const [name, isFine] of [
            ['token', isGood],
            ['jwt', isGood && !is.givenBack],
          ] as const) {
            if (isFine) badSince.delete(name)
            else if (!badSince.has(name)) badSince.set(name, Date.now())
          }
        }
        const changes: Record<string, () => Promise<unknown>> = {
          disable: () => {
            is.awake = !is.awake
            return setDisabled(world.id, is.awake ? null : 1)
          },
          role: () => {
            is.lists = !is.lists
            return editRole(world.role, is.lists ? ['LIST'] : ['VIEW'])
          },
          member: () => {
            if (!isInGroup) return Promise.resolve()
            is.member = !is.member
            return is.member ? join(world) : leave(world)
          },
          revoke: () => {
            is.revoked = true
            return giveBack(fullToken)
          },
          giveBack: () => {
            is.givenBack = true
            return giveBack(jwt)
          },
          unrelated: () => change('SELECT 1', 'role', 'other'),
        }
        const kinds = ['disable', 'role', 'member', 'role', 'disable', 'unrelated', 'revoke', 'giveBack']
        for (let step = 0; step < 9; step++) {
          wait(pick([0, 0, 1, 400, BOUND_MS / 2, BOUND_MS, BOUND_MS + 1]))
          if (below(10) < 3) {
            const kind = pick(kinds)
            log.push(`${Date.now()} ${kind}`)
            await changes[kind]?.()
            note()
            continue
          }
          const [name, token] = pick([
            ['token', fullToken],
            ['jwt', jwt],
          ] as const)
          const isStrict = below(3) === 0
          const which = below(isolates.length)
          const answered = await status(isolates[which] as Isolate, token, isStrict ? STRICT : {})
          const isAccepted = answered === 200
          outcomes[isAccepted ? 'accepted' : 'refused']++
          log.push(`${Date.now()} ${answered} ${name} at isolate ${which}${isStrict ? ', strict' : ''}`)
          const since = badSince.get(name)
          const mayAccept = since === undefined || (!isStrict && Date.now() <= since + BOUND_MS)
          // An access token also ends by itself, after ten minutes that no schedule lasts.
          if (isAccepted ? !mayAccept : since === undefined) {
            throw new Error([`seed ${seed}, token ${tokenId}:`, ...log].join('\n'))
          }
        }
        // As it was, for the next one.
        if (!is.awake) await setDisabled(world.id, null)
        if (!is.lists) await editRole(world.role, ['LIST'])
        if (!is.member) await join(world)
      }
      // It would be easy to hold the bound by refusing everybody.
      if (seeds.length > 1) {
        for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(seeds.length)
      }
    },
    LONG_MS,
  )
})
