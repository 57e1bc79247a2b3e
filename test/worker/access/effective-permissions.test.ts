/**
 * What accounts may do in random graphs of groups, roles and bindings, held against a reading of the rules that is as
 * simple as it can be. Many graphs as plain values; fewer through the real storage and the public door.
 */

import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Permission } from '../../../shared/permissions.ts'
import { decide } from '../../../worker/access/decide.ts'
import { explain } from '../../../worker/access/explain.ts'
import { compileGrants } from '../../../worker/access/grants.ts'
import { type BindingInFull, listBindingsOf } from '../../../worker/storage/bindings.ts'
import { openDatabase } from '../../../worker/storage/database.ts'
import { findAccountHolder } from '../../../worker/storage/holders.ts'
import { type Bot, call, createAdmin, expectJson, freshEdge } from '../support/edge.ts'

const ACCOUNTS = [0, 1, 2]
const GROUPS = [0, 1, 2]
const NAMESPACES = ['pro', 'prod', 'prod.x', 'prod.x.y', 'prod-x', 'production', 'x.prod']
const RESOURCES = ['FLOW', 'KVSTORE', 'GROUP']
const ACTIONS = ['VIEW', 'LIST', 'CREATE', 'DELETE']

interface Graph {
  /** Groups by account. */
  readonly memberships: readonly number[][]
  readonly roles: ReadonlyArray<Record<string, string[]>>
  readonly bindings: ReadonlyArray<{
    readonly subject: { readonly kind: 'account' | 'group'; readonly index: number }
    readonly role: number
    readonly namespace: string | null
  }>
}

const role = fc.dictionary(
  fc.constantFrom(...RESOURCES),
  fc.subarray(['READ', ...ACTIONS], { minLength: 1 }),
  {
    minKeys: 1,
    maxKeys: 2,
  },
)
const graph: fc.Arbitrary<Graph> = fc.record({
  memberships: fc.tuple(...ACCOUNTS.map(() => fc.subarray(GROUPS))),
  roles: fc.array(role, { minLength: 1, maxLength: 3 }),
  bindings: fc.array(
    fc.record({
      subject: fc.record({
        kind: fc.constantFrom('account' as const, 'group' as const),
        index: fc.constantFrom(...ACCOUNTS),
      }),
      role: fc.nat(2),
      namespace: fc.constantFrom(null, ...NAMESPACES),
    }),
    { maxLength: 8 },
  ),
})

interface Question {
  readonly resource: string
  readonly action: string
  readonly namespace: string | undefined
}
const QUESTIONS: readonly Question[] = RESOURCES.flatMap((resource) =>
  ACTIONS.flatMap((action) =>
    [undefined, ...NAMESPACES].map((namespace) => ({ resource, action, namespace })),
  ),
)
const asked = ({ resource, action, namespace }: Question) => ({
  tenant: 'main',
  permission: `${resource}:${action}` as Permission,
  ...(namespace === undefined ? {} : { namespace }),
})

const roleOf = ({ roles }: Graph, index: number) => roles[index % roles.length] ?? {}

/** The rules, read aloud: some binding of the account, or of a group it is in, that is there and says so. */
const mayDo = (graph: Graph, account: number, { resource, action, namespace }: Question): boolean =>
  graph.bindings.some((binding) => {
    const { kind, index } = binding.subject
    const reaches = kind === 'account' ? index === account : graph.memberships[account]?.includes(index)
    const isThere =
      binding.namespace === null ||
      namespace === binding.namespace ||
      namespace?.startsWith(`${binding.namespace}.`)
    const words = roleOf(graph, binding.role)[resource] ?? []
    return (
      reaches && isThere && (words.includes(action) || (words.includes('READ') && /VIEW|LIST/.test(action)))
    )
  })

/** The bindings that reach an account, as storage tells them. */
const reaching = (graph: Graph, account: number): BindingInFull[] =>
  graph.bindings.flatMap(({ subject, role, namespace }, index) => {
    const isGroup = subject.kind === 'group'
    const isReaching = isGroup
      ? graph.memberships[account]?.includes(subject.index)
      : subject.index === account
    if (!isReaching) return []
    const group = isGroup ? { id: `g${subject.index}`, name: 'group' } : null
    const ids = { accountId: isGroup ? null : 'a', groupId: group?.id ?? null, roleId: `r${role}` }
    return [
      {
        binding: { id: `b${index}`, tenantId: 'main', namespace, createdAt: 0, ...ids },
        role: { id: ids.roleId, name: 'role', permissions: roleOf(graph, role) },
        account: null,
        group,
      },
    ]
  })

const ORDINARY = { isSuperadmin: false, disabledAt: null }

describe('as plain values', () => {
  it('an account may do what some binding of it or of its groups says, and nothing else', () => {
    fc.assert(
      fc.property(graph, fc.constantFrom(...ACCOUNTS), (one, account) => {
        const rows = reaching(one, account).map(({ binding, role }) => ({
          ...binding,
          permissions: role.permissions,
        }))
        const principal = { isSuperadmin: false, grants: compileGrants(rows) }
        for (const question of QUESTIONS) {
          expect(decide(principal, asked(question))).toBe(mayDo(one, account, question))
        }
      }),
      { seed: 11, numRuns: 2_000 },
    )
  })

  it('an explanation says the same, by bindings of which each is enough', () => {
    fc.assert(
      fc.property(
        graph,
        fc.constantFrom(...ACCOUNTS),
        fc.constantFrom(...QUESTIONS),
        (one, account, question) => {
          const held = reaching(one, account)
          const { isAllowed, because, elsewhere } = explain(ORDINARY, held, asked(question))
          expect(isAllowed).toBe(mayDo(one, account, question))
          expect(because.length > 0).toBe(isAllowed)
          for (const binding of because)
            expect(explain(ORDINARY, [binding], asked(question)).isAllowed).toBe(true)
          const rest = held.filter((binding) => !because.includes(binding))
          expect(explain(ORDINARY, rest, asked(question)).isAllowed).toBe(false)
          for (const binding of elsewhere) {
            const there = asked({ ...question, namespace: binding.binding.namespace ?? undefined })
            expect(explain(ORDINARY, [binding], there).isAllowed).toBe(true)
          }
          expect(explain({ ...ORDINARY, disabledAt: 1 }, held, asked(question)).isAllowed).toBe(false)
        },
      ),
      { seed: 12, numRuns: 2_000 },
    )
  })
})

describe('through storage', () => {
  const db = openDatabase(env.DB)
  let admin: Bot
  beforeAll(async () => {
    await freshEdge()
    admin = await createAdmin()
  })

  const create = async (path: string, json: unknown) =>
    (await expectJson<{ id: string }>(call(`/api/v1/main/${path}`, { ...admin, json }))).id

  /** Makes it all by the API; returns the ids of the accounts. */
  async function build({ memberships, roles, bindings }: Graph): Promise<string[]> {
    const name = crypto.randomUUID()
    const accounts = await Promise.all(ACCOUNTS.map(() => create('service-accounts', { name: 'bot' })))
    const groups = await Promise.all(
      GROUPS.map((group) =>
        create('groups', {
          name: `${name} ${group}`,
          membersId: accounts.filter((_, account) => memberships[account]?.includes(group)),
        }),
      ),
    )
    const roleIds = await Promise.all(roles.map((permissions) => create('roles', { name, permissions })))
    const json = bindings.map(({ subject, role, namespace }) => ({
      type: subject.kind === 'group' ? 'GROUP' : 'USER',
      externalId: (subject.kind === 'group' ? groups : accounts)[subject.index],
      roleId: roleIds[role % roles.length],
      namespaceId: namespace,
    }))
    await expectJson(call('/api/v1/main/bindings/bulk', { ...admin, json }))
    return accounts
  }

  it('accounts get what the rules say, and explanations agree', async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (one) => {
        const accounts = await build(one)
        for (const [index, id] of accounts.entries()) {
          const holder = await findAccountHolder(db, id)
          const principal = { isSuperadmin: false, grants: compileGrants(holder?.grants ?? []) }
          const held = await listBindingsOf(db, 'main', id)
          for (const question of QUESTIONS) {
            const expected = mayDo(one, index, question)
            expect(decide(principal, asked(question))).toBe(expected)
            expect(explain(ORDINARY, held, asked(question)).isAllowed).toBe(expected)
          }
        }
      }),
      { seed: 13, numRuns: 25 },
    )
  })
})
