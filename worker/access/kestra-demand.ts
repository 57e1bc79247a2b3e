/** What a request to Kestra takes: its row in the table of routes, with the tenant and namespace it speaks of. */

import * as v from 'valibot'
import { NamespaceId, TenantId } from '../../shared/names.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { KestraRouteUnknown, RequestAmbiguous } from './errors.ts'
import { type KestraRequest, readKestraRequest } from './kestra-request.ts'
import {
  accountWords,
  instanceRoutes,
  pageRoutes,
  type Routes,
  type Takes,
  tenantRoutes,
} from './kestra-routes.ts'

/** What a request without a tenant means to Kestra. */
const FALLBACK_TENANT = 'main'

export interface KestraRoute {
  readonly method: string
  /** In the table's notation. */
  readonly path: string
  readonly segments: readonly string[]
  /** The part of the query that may say where. */
  readonly narrowedBy: string | undefined
  readonly takes: Takes
  /** Whether it is about accounts and what they may do, Kestra's own sign-in included. */
  readonly isAboutAccounts: boolean
}

export interface Demand {
  readonly takes: Takes
  readonly isAboutAccounts: boolean
  readonly tenant: string
  /** Absent where only a right in the whole tenant will do. */
  readonly namespace?: string
}

/** First words of the instance's own paths: no path of a tenant has a form without the tenant that begins like them. */
const INSTANCE_WORDS = new Set(
  Object.keys(instanceRoutes).flatMap((path) => path.split(/[/?]/)[0]?.split('|')),
)

/** Every row with each of its words, methods and forms. */
export const kestraRoutes: readonly KestraRoute[] = [
  ...rowsBelow('', pageRoutes),
  ...rowsBelow('api/v1/', instanceRoutes),
  ...rowsBelow('api/v1/{tenant}/', tenantRoutes),
  ...rowsBelow('api/v1/', tenantRoutes).filter(({ segments: [, , word] }) => !INSTANCE_WORDS.has(word)),
]

const byMethod = Map.groupBy(kestraRoutes, ({ method }) => method)

function rowsBelow(base: string, routes: Routes): KestraRoute[] {
  return Object.entries(routes).flatMap(([key, row]) => {
    const [path = '', query] = key.split('?')
    const narrowedBy = query === 'filters' ? 'filters[namespace][EQUALS]' : query
    return spell(`${base}${path}`.split('/')).flatMap((segments) =>
      Object.entries(row).map(([method, takes]) => ({
        method,
        path: `/${segments.join('/')}`,
        segments,
        narrowedBy,
        takes,
        isAboutAccounts: accountWords.has(segments[base.split('/').length - 1] ?? ''),
      })),
    )
  })
}

/** `a|b/c` gives `a/c` and `b/c`. */
function spell([first = '', ...rest]: readonly string[]): string[][] {
  const tails = rest.length > 0 ? spell(rest) : [[]]
  return first.split('|').flatMap((word) => tails.map((tail) => [word, ...tail]))
}

/** What a request takes; refused when it fits no row, or several of which none is the closest. */
export function demandOf(
  method: string,
  target: string,
): Result<Demand, RequestAmbiguous | KestraRouteUnknown> {
  const request = readKestraRequest(method, target)
  if (!request.ok) return request
  const { segments } = request.value
  const fitting = (byMethod.get(request.value.method) ?? []).filter((row) => fits(row, segments))
  if (fitting.length === 0) {
    return err({ code: 'kestra_route_unknown', method: request.value.method, path: `/${segments.join('/')}` })
  }
  const closest = fitting.find((row) => fitting.every((other) => isAsClose(row, other)))
  if (!closest) return err({ code: 'request_ambiguous', reason: 'the path fits several routes equally well' })
  return placed(closest, request.value)
}

function fits({ segments }: KestraRoute, asked: readonly string[]): boolean {
  const isOpen = segments.at(-1) === '**'
  if (isOpen ? asked.length < segments.length : asked.length !== segments.length) return false
  return segments.every((segment, index) => {
    const word = asked[index] ?? ''
    if (segment === '**') return true
    if (segment === '{tenant}') return v.is(TenantId, word)
    return isParameter(segment) ? word !== '' : segment === word
  })
}

const isParameter = (segment: string): boolean => segment.startsWith('{')
const isWord = (segment: string | undefined): boolean =>
  segment !== undefined && segment !== '**' && !isParameter(segment)

/** Wherever the other one has a word, this one has it too. */
export const isAsClose = (one: KestraRoute, other: KestraRoute): boolean =>
  other.segments.every((segment, index) => !isWord(segment) || isWord(one.segments[index]))

function placed(
  { segments, narrowedBy, takes, isAboutAccounts }: KestraRoute,
  request: KestraRequest,
): Result<Demand, RequestAmbiguous> {
  const read = (name: string) => request.segments[segments.indexOf(name)]
  const tenant = read('{tenant}') ?? FALLBACK_TENANT
  const inPath = read('{namespace}')
  if (inPath !== undefined && !v.is(NamespaceId, inPath)) {
    return err({ code: 'request_ambiguous', reason: 'the path names no namespace where one belongs' })
  }
  const namespace = inPath ?? (narrowedBy === undefined ? undefined : namespaceIn(request.query, narrowedBy))
  return ok({ takes, isAboutAccounts, tenant, ...(namespace === undefined ? {} : { namespace }) })
}

/** One that is named once and in one way: of two, Kestra might obey the other. */
function namespaceIn(query: URLSearchParams, parameter: string): string | undefined {
  const named = [...query].filter(([name]) => /^(namespace|filters\[namespace\].*)$/i.test(name))
  const [[name, value] = []] = named
  return named.length === 1 && name === parameter && v.is(NamespaceId, value) ? value : undefined
}
