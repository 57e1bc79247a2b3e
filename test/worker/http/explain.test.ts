import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Bot,
  bind,
  bindGroup,
  type Call,
  call,
  createAdmin,
  createBot,
  createTenant,
  expectJson,
  freshEdge,
} from '../support/edge.ts'
import { costOf } from '../support/round-trips.ts'

let admin: Bot
let bot: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
  await createTenant('acme')
  bot = await createBot({ FLOW: ['EXECUTE'] }, { namespace: 'prod', by: admin, name: 'bot' })
})

const explain = (query: string, by: Call = admin, status = 200, tenant = 'main') =>
  expectJson<{ allowed: boolean; because: object[] }>(
    call(`/api/v1/${tenant}/access/explain?${query}`, by),
    status,
  )
const about = (question: string) => explain(`account=${bot.id}&${question}`)

describe('GET /api/v1/{tenant}/access/explain', () => {
  it('names every binding that is enough by itself', async () => {
    const { id: group } = await expectJson<{ id: string }>(
      call('/api/v1/main/groups', { ...admin, json: { name: 'Bots', membersId: [bot.id] } }),
    )
    const ofGroup = await bindGroup(group, 'launcher_main', admin)
    const unrelated = await bind(bot.id, 'viewer_main', admin)
    const answer = await about('permission=FLOW:EXECUTE&namespace=prod.team')
    expect(answer).toEqual({
      account: { id: bot.id, username: 'bot' },
      permission: 'FLOW:EXECUTE',
      namespace: 'prod.team',
      allowed: true,
      because: expect.arrayContaining([
        {
          binding: expect.any(String),
          role: { id: expect.any(String), name: 'bot role' },
          namespace: 'prod',
        },
        {
          binding: ofGroup.id,
          role: { id: 'launcher_main', name: 'Launcher' },
          group: { id: group, name: 'Bots' },
        },
      ]),
      superAdmin: false,
      disabled: false,
    })
    expect(answer.because).toHaveLength(2)
    expect(JSON.stringify(answer)).not.toContain(unrelated.id)
    await call(`/api/v1/main/bindings/${ofGroup.id}`, { ...admin, method: 'DELETE' })
    expect((await about('permission=FLOW:EXECUTE&namespace=prod.team')).because).toHaveLength(1)
  })

  it('says what is missing, and where it would be allowed', async () => {
    expect(await about('permission=FLOW:EXECUTE&namespace=production')).toMatchObject({
      allowed: false,
      because: [],
      missing: {
        permission: 'FLOW:EXECUTE',
        namespace: 'production',
        elsewhere: [{ role: { name: 'bot role' }, namespace: 'prod' }],
      },
    })
    expect(await about('permission=FLOW:EXECUTE')).toMatchObject({
      allowed: false,
      missing: { permission: 'FLOW:EXECUTE', elsewhere: [{ namespace: 'prod' }] },
    })
    expect(await about('permission=FLOW:DELETE&namespace=prod')).toMatchObject({
      allowed: false,
      missing: { elsewhere: [] },
    })
  })

  it('tells the superadmin’s flag from a role', async () => {
    const { id } = await expectJson<{ id: string }>(
      call('/api/v1/service-accounts', {
        ...admin,
        json: { name: 'above', superAdmin: true, tenants: ['main'] },
      }),
    )
    expect(await explain(`account=${id}&permission=ROLE:CREATE`)).toMatchObject({
      allowed: true,
      because: [],
      superAdmin: true,
    })
    expect(await explain(`account=${id}&permission=FLOW:VIEW`)).toMatchObject({
      allowed: false,
      superAdmin: false,
    })
  })

  it.each([
    '',
    'permission=FLOW',
    'permission=FLOW:FLY',
    'permission=FLOW:READ',
    'permission=FLOW:VIEW&namespace=Prod',
  ])('refuses ?%s', async (query) => {
    await explain(query, admin, query === '' ? 400 : 422)
  })

  it('is open to everyone about themselves', async () => {
    const question = 'permission=FLOW:EXECUTE&namespace=prod'
    const own = await explain(question, bot)
    expect(own.allowed).toBe(true)
    expect(await explain(`account=${bot.id}&${question}`, bot)).toEqual(own)
    expect(await explain(`account=bot&${question}`, bot)).toEqual(own)
    expect(await explain(question, bot, 200, 'acme')).toMatchObject({ allowed: false })
  })

  it('takes BINDING:LIST about others, however the question is put', async () => {
    const question = 'permission=FLOW:EXECUTE&namespace=prod'
    await explain(`account=${admin.id}&${question}`, bot, 403)
    await explain(`account=nobody&${question}`, bot, 403)
    await explain(`account=${bot.id}&account=${admin.id}&${question}`, bot, 403)
    const lister = await createBot({ BINDING: ['LIST'] }, { namespace: null, by: admin })
    expect(await explain(`account=${bot.id}&${question}`, lister)).toMatchObject({ allowed: true })
    await explain(`account=${bot.id}&${question}`, lister, 403, 'acme')
  })

  it('knows a service account by its name where no other of the tenant has it', async () => {
    const question = 'permission=FLOW:EXECUTE&namespace=prod'
    const named = async (status = 200) =>
      (await explain(`account=namesake&${question}`, admin, status)) as { account?: { id: string } }
    const first = await createBot({ FLOW: ['EXECUTE'] }, { by: admin, name: 'namesake' })
    expect((await named()).account?.id).toBe(first.id)
    await createBot({ KVSTORE: ['VIEW'] }, { by: admin, tenant: 'acme', name: 'namesake' })
    expect((await named()).account?.id).toBe(first.id)
    await createBot({ KVSTORE: ['VIEW'] }, { by: admin, name: 'namesake' })
    await named(404)
  })

  it('takes an id for an id, whatever accounts are called', async () => {
    await createBot({ KVSTORE: ['VIEW'] }, { by: admin, name: bot.id.toLowerCase() })
    const own = await explain('permission=FLOW:EXECUTE&namespace=prod', bot)
    expect(own).toMatchObject({ account: { id: bot.id }, allowed: true })
    expect(await about('permission=FLOW:EXECUTE&namespace=prod')).toEqual(own)
  })

  it('does not know accounts of other tenants', async () => {
    const theirs = await createBot({ KVSTORE: ['VIEW'] }, { by: admin, tenant: 'acme' })
    const lister = await createBot({ BINDING: ['LIST'] }, { namespace: null, by: admin })
    for (const id of [theirs.id, 'nobody'])
      await explain(`account=${id}&permission=FLOW:EXECUTE`, lister, 404)
  })

  it('costs a fixed number of queries', async () => {
    const question = () => about('permission=FLOW:EXECUTE&namespace=prod')
    const before = await costOf(question)
    for (const namespace of ['a', 'b', 'c']) await bind(bot.id, 'viewer_main', admin, namespace)
    expect(await costOf(question)).toEqual(before)
  })
})
