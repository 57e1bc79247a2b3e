import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Permission } from '../../../shared/permissions.ts'
import { decide, mayGrant, placesOf } from '../../../worker/access/decide.ts'
import { compileGrants, includesGrants, isGranted } from '../../../worker/access/grants.ts'
import type { Principal } from '../../../worker/access/principal.ts'

const TENANTS = ['main', 'acme']
const NAMESPACES = ['pro', 'prod', 'prod.x', 'prod.x.y', 'prod-x', 'production', 'x.prod']
/** Those a superadmin manages, and those that are a tenant's data. */
const MANAGED = ['ROLE', 'SERVICE_ACCOUNT']
const RESOURCES = [...MANAGED, 'NAMESPACE_FILE', 'KVSTORE']
const ACTIONS = ['VIEW', 'LIST', 'CREATE', 'UPDATE', 'DELETE']

/** One role of an account in one place. */
interface Row {
  readonly tenantId: string
  readonly namespace: string | null
  readonly permissions: Record<string, string[]>
}

const row: fc.Arbitrary<Row> = fc.record({
  tenantId: fc.constantFrom(...TENANTS),
  namespace: fc.constantFrom(null, ...NAMESPACES),
  permissions: fc.dictionary(
    fc.constantFrom(...RESOURCES),
    fc.subarray(['READ', ...ACTIONS], { minLength: 1 }),
    { minKeys: 1, maxKeys: 2 },
  ),
})
const rows = fc.array(row, { maxLength: 4 })
const question = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  resource: fc.constantFrom(...RESOURCES),
  action: fc.constantFrom(...ACTIONS),
  namespace: fc.constantFrom(undefined, ...NAMESPACES),
})
type Question = typeof question extends fc.Arbitrary<infer Q> ? Q : never

/** The rules, read aloud. */
function isHeld(held: readonly Row[], { tenant, resource, action, namespace }: Question): boolean {
  return held.some((one) => {
    const isThere =
      one.namespace === null || namespace === one.namespace || namespace?.startsWith(`${one.namespace}.`)
    const words = one.permissions[resource] ?? []
    const isMeant = words.includes(action) || (words.includes('READ') && ['VIEW', 'LIST'].includes(action))
    return one.tenantId === tenant && isThere === true && isMeant
  })
}

const principalOf = (held: readonly Row[], isSuperadmin = false): Principal => ({
  accountId: 'one',
  kind: 'SERVICE_ACCOUNT',
  name: 'one',
  isSuperadmin,
  grants: compileGrants(held),
  requestId: 'r',
  now: 0,
})

const asked = ({ tenant, resource, action, namespace }: Question) => ({
  tenant,
  permission: `${resource}:${action}` as Permission,
  ...(namespace === undefined ? {} : { namespace }),
})

const SEED = { seed: 7, numRuns: 2_000 }

describe('decide', () => {
  it('allows what a role in that place says, and nothing else (threat 20)', () => {
    fc.assert(
      fc.property(rows, question, (held, one) => {
        expect(decide(principalOf(held), asked(one))).toBe(isHeld(held, one))
      }),
      SEED,
    )
  })

  it('lets a superadmin manage accounts and roles anywhere, and a tenant’s data by a role alone', () => {
    fc.assert(
      fc.property(rows, question, (held, one) => {
        const expected = MANAGED.includes(one.resource) || isHeld(held, one)
        expect(decide(principalOf(held, true), asked(one))).toBe(expected)
      }),
      SEED,
    )
  })

  it.each<[string | null, string | undefined, boolean]>([
    [null, 'prod', true],
    [null, undefined, true],
    ['prod', 'prod', true],
    ['prod', 'prod.x', true],
    ['prod', 'prod.x.y', true],
    ['prod', 'production', false],
    ['prod', 'prod-x', false],
    ['prod', 'pro', false],
    ['prod', 'x.prod', false],
    ['prod', undefined, false],
    ['prod.x', 'prod', false],
  ])('reads a role bound in %j, asked for %j, as %j (threat 20)', (namespace, where, isAllowed) => {
    const held = [{ tenantId: 'main', namespace, permissions: { KVSTORE: ['VIEW'] } }]
    const one = { tenant: 'main', resource: 'KVSTORE', action: 'VIEW', namespace: where }
    expect(decide(principalOf(held), asked(one))).toBe(isAllowed)
    expect(decide(principalOf(held), { ...asked(one), tenant: 'acme' })).toBe(false)
  })

  it('denies who was given nothing', () => {
    fc.assert(
      fc.property(question, (one) => {
        expect(decide(principalOf([]), asked(one))).toBe(false)
      }),
    )
  })
})

const everyQuestion: Question[] = TENANTS.flatMap((tenant) =>
  RESOURCES.flatMap((resource) =>
    ACTIONS.flatMap((action) =>
      [undefined, ...NAMESPACES].map((namespace) => ({ tenant, resource, action, namespace })),
    ),
  ),
)

describe('includesGrants', () => {
  const grants = (held: readonly Row[], one: Question) => {
    const { tenant, permission, namespace } = asked(one)
    return isGranted(compileGrants(held), tenant, permission, namespace)
  }

  it('says yes exactly when every question that one answers with yes, the other does too', () => {
    fc.assert(
      fc.property(rows, rows, (held, wanted) => {
        const isIncluded = everyQuestion.every((one) => !grants(wanted, one) || grants(held, one))
        expect(includesGrants(compileGrants(held), compileGrants(wanted))).toBe(isIncluded)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('includes each part of what is held', () => {
    fc.assert(
      fc.property(
        rows.chain((held) => fc.tuple(fc.constant(held), fc.subarray(held))),
        ([held, part]) => {
          expect(includesGrants(compileGrants(held), compileGrants(part))).toBe(true)
        },
      ),
      SEED,
    )
  })
})

describe('mayGrant', () => {
  it('never lets anybody but a superadmin hand over more than they hold (threat 22)', () => {
    fc.assert(
      fc.property(rows, row, (held, { tenantId, namespace, permissions }) => {
        const offer = { tenant: tenantId, namespace, permissions }
        const given = everyQuestion.filter((one) => isHeld([{ tenantId, namespace, permissions }], one))
        expect(mayGrant(principalOf(held), offer)).toBe(given.every((one) => isHeld(held, one)))
        expect(mayGrant(principalOf(held, true), offer)).toBe(true)
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})

describe('placesOf', () => {
  it('names the places that a permission holds in, none within another', () => {
    fc.assert(
      fc.property(rows, question, fc.boolean(), (held, { tenant, resource, action }, isSuperadmin) => {
        const principal = principalOf(held, isSuperadmin)
        const permission = `${resource}:${action}` as Permission
        const places = placesOf(principal, tenant, permission)
        const isIn = (namespace: string) =>
          places.some((place) => place === '' || namespace === place || namespace.startsWith(`${place}.`))
        for (const namespace of NAMESPACES) {
          expect(isIn(namespace)).toBe(decide(principal, { tenant, permission, namespace }))
        }
        expect(places.includes('')).toBe(decide(principal, { tenant, permission }))
        const isNested = places.some((one) =>
          places.some((two) => one !== two && (two === '' || one.startsWith(`${two}.`))),
        )
        expect(isNested).toBe(false)
      }),
    )
  })
})
