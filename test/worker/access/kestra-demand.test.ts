import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { TenantId } from '../../../shared/names.ts'
import { actionsOf, isPermission, resourceNames } from '../../../shared/permissions.ts'
import { decideKestra } from '../../../worker/access/decide-kestra.ts'
import { compileGrants } from '../../../worker/access/grants.ts'
import { demandOf, isAsClose, type KestraRoute, kestraRoutes } from '../../../worker/access/kestra-demand.ts'
import type { Principal } from '../../../worker/access/principal.ts'

const isParameter = (segment: string) => segment.startsWith('{') || segment === '**'
const shapeOf = ({ method, segments }: KestraRoute) =>
  `${method} ${segments.map((segment) => (isParameter(segment) ? segment.replace(/{.*}/, '{}') : segment)).join('/')}`
/** A path of this row alone, if there is one. */
const exampleOf = ({ segments }: KestraRoute) =>
  `/${segments.map((segment) => (segment === '{tenant}' ? 'main' : isParameter(segment) ? 'zz' : segment)).join('/')}`

/** A path that fits both rows, if there is one. */
function commonPath(one: KestraRoute, other: KestraRoute): string | undefined {
  const length = Math.max(one.segments.length, other.segments.length)
  const at = ({ segments }: KestraRoute, index: number) =>
    segments[index] ?? (segments.at(-1) === '**' ? '**' : undefined)
  const words = Array.from({ length }, (_, index) => {
    const [a, b] = [at(one, index), at(other, index)]
    if (a === undefined || b === undefined) return undefined
    const isTenant = (word: string) => v.is(TenantId, word)
    if (isParameter(a) && isParameter(b)) return 'zz'
    if (isParameter(a)) return a === '{tenant}' && !isTenant(b) ? undefined : b
    if (isParameter(b)) return b === '{tenant}' && !isTenant(a) ? undefined : a
    return a === b ? a : undefined
  })
  return words.includes(undefined) ? undefined : `/${words.join('/')}`
}

describe('the table of Kestra’s routes', () => {
  it('names only permissions that exist', () => {
    const named = kestraRoutes.flatMap(({ takes }) =>
      takes === 'signedIn' || takes === 'superadmin'
        ? []
        : typeof takes === 'string'
          ? [takes]
          : takes.flat(),
    )
    expect(named.filter((permission) => !isPermission(permission))).toEqual([])
    expect(named.length).toBeGreaterThan(500)
  })

  it('holds no route twice', () => {
    const shapes = kestraRoutes.map(shapeOf)
    expect(shapes.filter((shape, index) => shapes.indexOf(shape) !== index)).toEqual([])
  })

  it('writes segments in its own notation only', () => {
    const odd = kestraRoutes.filter(
      ({ segments, path }) =>
        path !== '/' &&
        segments.some((one) => !/^(\.?[A-Za-z0-9][A-Za-z0-9-]*|\{[A-Za-z]+\}|\*\*)$/.test(one)),
    )
    expect(odd.map(({ path }) => path)).toEqual([])
    expect(kestraRoutes.filter(({ segments }) => segments.slice(0, -1).includes('**'))).toEqual([])
  })

  it('finds every row by a path of its own', () => {
    const lost = kestraRoutes.filter((row) => {
      const demand = demandOf(row.method, exampleOf(row))
      return !demand.ok || demand.value.takes !== row.takes
    })
    expect(lost.map(shapeOf)).toEqual([])
  })

  it('decides between two rows by which is closer, and refuses a path where neither is', () => {
    let decided = 0
    let refused = 0
    for (const [index, one] of kestraRoutes.entries()) {
      for (const other of kestraRoutes.slice(index + 1)) {
        const path = one.method === other.method ? commonPath(one, other) : undefined
        if (path === undefined) continue
        const demand = demandOf(one.method, path)
        if (isAsClose(one, other) !== isAsClose(other, one)) decided++
        else {
          refused++
          expect([path, demand.ok]).toEqual([path, false])
        }
      }
    }
    expect(decided).toBeGreaterThan(100)
    expect(refused).toBeGreaterThan(10)
  })
})

describe('demandOf', () => {
  const run = [['FLOW:EXECUTE', 'EXECUTION:CREATE']]

  it.each([
    ['GET', '/api/v1/main/flows/prod/hello', { takes: 'FLOW:VIEW', tenant: 'main', namespace: 'prod' }],
    [
      'HEAD',
      '/api/v1/acme/flows/prod.etl/hello',
      { takes: 'FLOW:VIEW', tenant: 'acme', namespace: 'prod.etl' },
    ],
    ['GET', '/api/v1/flows/prod/hello', { takes: 'FLOW:VIEW', tenant: 'main', namespace: 'prod' }],
    ['POST', '/api/v1/main/executions/prod/hello', { takes: run, tenant: 'main', namespace: 'prod' }],
    ['DELETE', '/api/v1/main/executions/4Xy/actions/kill', { takes: 'EXECUTION:KILL', tenant: 'main' }],
    ['DELETE', '/api/v1/main/executions/4Xy/kill', { takes: 'EXECUTION:KILL', tenant: 'main' }],
    [
      'GET',
      '/api/v1/main/namespaces/prod/kv/a%20key',
      { takes: 'KVSTORE:VIEW', tenant: 'main', namespace: 'prod' },
    ],
    [
      'GET',
      '/api/v1/main/namespaces/prod/files?path=/a.sql',
      { takes: 'NAMESPACE_FILE:VIEW', namespace: 'prod' },
    ],
    ['GET', '/api/v1/users', { takes: 'superadmin' }],
    ['POST', '/api/v1/instance/maintenance/enter', { takes: 'superadmin' }],
    ['GET', '/api/v1/plugins/icons', { takes: 'signedIn' }],
    ['GET', '/ui/', { takes: 'signedIn' }],
    ['GET', '/ui/main/flows', { takes: 'signedIn' }],
  ])('%s %s', (method, target, demand) => {
    expect(demandOf(method, target)).toMatchObject({ ok: true, value: demand })
  })

  it('asks for the whole tenant where the namespace is in the body or nowhere', () => {
    for (const [method, target] of [
      ['POST', '/api/v1/main/flows'],
      ['POST', '/api/v1/main/flows/import'],
      ['GET', '/api/v1/main/executions/4Xy'],
      ['DELETE', '/api/v1/main/flows/delete/by-ids'],
      ['GET', '/api/v1/main/flows/search'],
    ] as const) {
      const demand = demandOf(method, target)
      expect([target, demand.ok && 'namespace' in demand.value]).toEqual([target, false])
    }
  })

  it('asks for Kestra 2’s right as well where Kestra 2 would run a flow of that name', () => {
    expect(demandOf('POST', '/api/v1/main/executions/prod/labels')).toMatchObject({
      value: { takes: [['EXECUTION:CHANGE_LABELS'], ...run] },
    })
  })

  describe('takes the namespace from a query', () => {
    const search = '/api/v1/main/flows/search'
    const only = 'filters[namespace][EQUALS]=prod'

    it.each([
      ['the filter alone', `${search}?page=1&${only}`],
      ['the filter with its brackets encoded', `${search}?filters%5Bnamespace%5D%5BEQUALS%5D=prod`],
      ['a parameter of a route that obeys it', '/api/v1/main/executions?namespace=prod&flowId=x'],
    ])('given %s', (_, target) => {
      expect(demandOf('GET', target)).toMatchObject({ ok: true, value: { namespace: 'prod' } })
    })

    it.each([
      ['two filters', `${search}?${only}&filters[namespace][EQUALS]=other`],
      ['the same filter twice', `${search}?${only}&${only}`],
      ['a filter of another kind beside it', `${search}?${only}&filters[namespace][PREFIX]=other`],
      ['a filter in other letters beside it', `${search}?${only}&Filters[Namespace][EQUALS]=other`],
      ['the older parameter beside it', `${search}?${only}&namespace=other`],
      ['the older parameter alone', `${search}?namespace=prod`],
      ['a filter that lets more through', `${search}?filters[namespace][STARTS_WITH]=prod`],
      ['a list', `${search}?filters[namespace][IN]=prod,other`],
      ['what is no namespace', `${search}?filters[namespace][EQUALS]=prod,other`],
      [
        'a route that changes what it finds',
        '/api/v1/main/executions/by-query?filters[namespace][EQUALS]=prod',
      ],
    ])('not given %s', (_, target) => {
      const demand = demandOf(target.includes('by-query') ? 'DELETE' : 'GET', target)
      expect(demand.ok).toBe(true)
      expect(demand.ok && demand.value).not.toHaveProperty('namespace')
    })
  })

  it.each([
    ['GET', '/api/v1/main/nothing'],
    ['PATCH', '/api/v1/main/flows/prod'],
    ['GET', '/api/v1/main/flows/search/'],
    ['GET', '/api/v2/main/flows/search'],
    ['GET', '/API/v1/main/flows/search'],
    ['GET', '/api/v1/Main/flows/search'],
    ['GET', '/api/v1/main/Flows/search'],
    ['GET', '/health'],
    ['GET', '/metrics'],
    ['POST', '/ui/'],
  ])('does not know %s %s', (method, target) => {
    expect(demandOf(method, target)).toMatchObject({ ok: false, error: { code: 'kestra_route_unknown' } })
  })

  it.each([
    // A tenant called "flows", or a namespace called "executions"?
    ['GET', '/api/v1/flows/executions/search'],
    ['GET', '/api/v1/main/flows/Prod/hello'],
    ['GET', '/api/v1/main/flows/prod%20x/hello'],
    // An execution called "flows", or a flow called "metas"?
    ['GET', '/api/v1/main/executions/flows/file/metas'],
  ])('refuses to choose for %s %s', (method, target) => {
    expect(demandOf(method, target)).toMatchObject({ ok: false, error: { code: 'request_ambiguous' } })
  })
})

describe('decideKestra', () => {
  const principalWith = (
    permissions: Record<string, string[]>,
    namespace: string | null = 'prod',
    isSuperadmin = false,
  ): Principal => ({
    accountId: 'one',
    kind: 'SERVICE_ACCOUNT',
    name: 'one',
    isSuperadmin,
    grants: compileGrants([{ tenantId: 'main', namespace, permissions }]),
    requestId: 'r',
    now: 0,
  })
  const may = (principal: Principal, method: string, target: string) => {
    const demand = demandOf(method, target)
    return demand.ok && decideKestra(principal, demand.value).ok
  }

  it('takes either of two rights where either is enough, and both where both are needed', () => {
    const target = '/api/v1/main/executions/prod/hello'
    expect(may(principalWith({ FLOW: ['EXECUTE'] }), 'POST', target)).toBe(true)
    expect(may(principalWith({ EXECUTION: ['CREATE', 'READ'] }), 'POST', target)).toBe(true)
    expect(may(principalWith({ FLOW: ['VIEW'] }), 'POST', target)).toBe(false)
    const put = '/api/v1/main/namespaces/prod/kv/key'
    expect(may(principalWith({ KVSTORE: ['CREATE', 'UPDATE'] }), 'PUT', put)).toBe(true)
    expect(may(principalWith({ KVSTORE: ['CREATE', 'VIEW'] }), 'PUT', put)).toBe(false)
    expect(may(principalWith({ KVSTORE: ['UPDATE', 'VIEW'] }), 'PUT', put)).toBe(false)
  })

  it('reaches namespaces below, and none beside', () => {
    const viewer = principalWith({ FLOW: ['VIEW'] })
    expect(may(viewer, 'GET', '/api/v1/main/flows/prod.etl/hello')).toBe(true)
    expect(may(viewer, 'GET', '/api/v1/main/flows/production/hello')).toBe(false)
    expect(may(viewer, 'GET', '/api/v1/acme/flows/prod/hello')).toBe(false)
  })

  it('gives a superadmin the instance, and no tenant’s flows', () => {
    const superadmin = principalWith({}, null, true)
    expect(may(superadmin, 'GET', '/api/v1/tenants/search')).toBe(true)
    expect(may(superadmin, 'GET', '/api/v1/main/flows/prod/hello')).toBe(false)
    const everything = Object.fromEntries(resourceNames.map((resource) => [resource, actionsOf(resource)]))
    expect(may(principalWith(everything, null), 'GET', '/api/v1/tenants/search')).toBe(false)
  })
})
