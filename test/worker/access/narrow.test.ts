import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Permission } from '../../../shared/permissions.ts'
import type { Narrowing } from '../../../shared/wire/narrowing.ts'
import { compileGrants, type Grants, includesGrants, isGranted } from '../../../worker/access/grants.ts'
import { describeGrants, narrowGrants, narrowPrincipal } from '../../../worker/access/narrow.ts'
import type { Principal } from '../../../worker/access/principal.ts'

const TENANTS = ['main', 'acme']
const PERMISSIONS: Permission[] = ['NAMESPACE_FILE:CREATE', 'NAMESPACE_FILE:VIEW', 'FLOW:VIEW']
/** Close to one another: parents, children, and names that only begin alike. */
const NAMESPACES = ['prod', 'prod.a', 'prod.a.b', 'prod.ab', 'production', 'dev']

const grantRow = fc.record({
  tenantId: fc.constantFrom(...TENANTS),
  namespace: fc.constantFrom(null, ...NAMESPACES),
  permissions: fc
    .uniqueArray(fc.constantFrom(...PERMISSIONS), { minLength: 1 })
    .map((all) =>
      Object.fromEntries(
        ['NAMESPACE_FILE', 'FLOW'].map((resource) => [
          resource,
          all.filter((one) => one.startsWith(`${resource}:`)).map((one) => one.split(':')[1] ?? ''),
        ]),
      ),
    ),
})
const grants = fc.array(grantRow, { maxLength: 6 }).map(compileGrants)
const narrowing: fc.Arbitrary<Narrowing> = fc.record({
  tenant: fc.option(fc.constantFrom(...TENANTS), { nil: undefined }),
  namespaces: fc.option(fc.uniqueArray(fc.constantFrom(...NAMESPACES), { minLength: 1 }), { nil: undefined }),
  permissions: fc.option(fc.uniqueArray(fc.constantFrom(...PERMISSIONS), { minLength: 1 }), {
    nil: undefined,
  }),
})

const isBelow = (namespace: string, above: string) => namespace === above || namespace.startsWith(`${above}.`)

/** Every question there is, answered without the code that is tested. */
function allows(held: Grants, { tenant, namespaces, permissions }: Narrowing) {
  return TENANTS.flatMap((one) =>
    PERMISSIONS.flatMap((permission) =>
      [undefined, ...NAMESPACES].map((namespace) => {
        const isAsked =
          (tenant ?? one) === one &&
          (permissions ?? PERMISSIONS).includes(permission) &&
          (!namespaces || (namespace !== undefined && namespaces.some((above) => isBelow(namespace, above))))
        return isAsked && isGranted(held, one, permission, namespace)
      }),
    ),
  )
}
const everything: Narrowing = {}

describe('narrowGrants', () => {
  it('answers yes exactly where the grants do and the narrowing lets them (threat 23)', () => {
    fc.assert(
      fc.property(grants, narrowing, (held, asked) => {
        expect(allows(narrowGrants(held, asked), everything)).toEqual(allows(held, asked))
      }),
      { numRuns: 2_000 },
    )
  })

  it('never gives more than there was, however often it is done (threat 23)', () => {
    fc.assert(
      fc.property(grants, narrowing, narrowing, (held, first, second) => {
        const once = narrowGrants(held, first)
        expect(includesGrants(held, once)).toBe(true)
        expect(includesGrants(once, narrowGrants(once, second))).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('comes to the same in either order, and twice as once', () => {
    fc.assert(
      fc.property(grants, narrowing, narrowing, (held, first, second) => {
        const both = narrowGrants(narrowGrants(held, first), second)
        expect(allows(both, everything)).toEqual(
          allows(narrowGrants(narrowGrants(held, second), first), everything),
        )
        expect(narrowGrants(both, second)).toEqual(both)
      }),
    )
  })
})

describe('narrowPrincipal', () => {
  const superadmin: Principal = {
    accountId: 'a',
    kind: 'SERVICE_ACCOUNT',
    name: 'root',
    isSuperadmin: true,
    grants: compileGrants([]),
    requestId: 'r',
    now: 0,
  }

  it('leaves a principal as it is when nothing is asked', () => {
    expect(narrowPrincipal(superadmin, {})).toBe(superadmin)
  })

  it.each<Narrowing>([{ tenant: 'main' }, { namespaces: ['prod'] }, { permissions: ['USER:VIEW'] }])(
    'takes a superadmin’s powers away with %o',
    (asked) => {
      expect(narrowPrincipal(superadmin, asked).isSuperadmin).toBe(false)
    },
  )
})

describe('describeGrants', () => {
  it('says what is left, and nothing of what was not narrowed', () => {
    const held = compileGrants([
      { tenantId: 'main', namespace: 'prod.a', permissions: { NAMESPACE_FILE: ['VIEW', 'CREATE'] } },
    ])
    const asked: Narrowing = {
      permissions: ['NAMESPACE_FILE:VIEW', 'FLOW:VIEW'],
      namespaces: ['prod', 'dev'],
    }
    expect(describeGrants(narrowGrants(held, asked), [asked])).toEqual({
      tenant: undefined,
      permissions: ['NAMESPACE_FILE:VIEW'],
      namespaces: ['prod.a'],
    })
    expect(describeGrants(held, [{}])).toEqual({
      tenant: undefined,
      permissions: undefined,
      namespaces: undefined,
    })
  })

  it('describes a narrowing that leaves the same', () => {
    fc.assert(
      fc.property(grants, narrowing, narrowing, (held, first, second) => {
        const narrowed = narrowGrants(narrowGrants(held, first), second)
        expect(
          includesGrants(narrowed, narrowGrants(narrowed, describeGrants(narrowed, [first, second]))),
        ).toBe(true)
        expect(
          includesGrants(narrowGrants(narrowed, describeGrants(narrowed, [first, second])), narrowed),
        ).toBe(true)
      }),
    )
  })
})
