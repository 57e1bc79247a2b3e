/**
 * A route, declared once as data: who may call it, what it takes, what it answers. `serve.ts` reads the guard and the
 * validators from the declaration, so a route cannot forget them.
 */

import type * as v from 'valibot'
import type { Permission, ResourceName } from '../../shared/permissions.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import type { Edge } from '../edge.ts'
import type { Verification } from '../tokens/verifier.ts'
import type { Address } from './address.ts'
import type { Outcome } from './answer.ts'
import type { Body, ByteStream, Signed } from './body.ts'
import type { Trace } from './trace.ts'

export type Access =
  /** Anyone, without a credential. */
  | { readonly kind: 'public' }
  /** Whoever has a good credential, whatever it is for; the handler sees to it that they learn about themselves only. */
  | { readonly kind: 'signed-in' }
  /** The same, but people only. */
  | { readonly kind: 'user' }
  /** The instance's administrators. */
  | { readonly kind: 'superadmin' }
  /** Whoever holds the permission in the path's `:tenant`, there where it says. */
  | {
      readonly kind: 'permission'
      readonly permission: Permission
      readonly where: Where
      readonly or?: Exception
    }
  /** Whoever holds any permission on the resource in the path's `:tenant`. */
  | { readonly kind: 'resource'; readonly resource: ResourceName }

/** Who may call although they lack the permission, such as an owner of the group in the path. */
export type Exception = (edge: Edge, principal: Principal, params: unknown) => boolean | Promise<boolean>

/**
 * `path`: in its `:namespace`, or the whole tenant where it has none. `body`: in the namespace that the body's `id`
 * names. `anywhere`: in whatever namespace; the handler then shows no more than the permission covers.
 */
export type Where = 'path' | 'body' | 'anywhere'

export type Consistency = 'strict' | 'bounded'

export const anyone = { kind: 'public' } as const satisfies Access
export const signedIn = { kind: 'signed-in' } as const satisfies Access
export const anyUser = { kind: 'user' } as const satisfies Access
export const superadmin = { kind: 'superadmin' } as const satisfies Access
export const permit = (
  permission: Permission,
  { where = 'path', or }: { readonly where?: Where; readonly or?: Exception } = {},
) => ({ kind: 'permission', permission, where, ...(or ? { or } : {}) }) as const satisfies Access
export const permitAnyOf = (resource: ResourceName) =>
  ({ kind: 'resource', resource }) as const satisfies Access

type Schema = v.GenericSchema
type Output<S> = S extends Schema ? v.InferOutput<S> : undefined
type BodyOutput<B> = B extends { schema: infer S; keepsBytes: true }
  ? Signed<Output<S>>
  : B extends { schema: infer S; isOptional: true }
    ? Output<S> | undefined
    : B extends { schema: infer S }
      ? Output<S>
      : B extends { mediaType: 'application/octet-stream' }
        ? ByteStream
        : B extends Body
          ? FormData
          : undefined

/** One request, authenticated, permitted and validated. */
export interface Call<A extends Access, Params, Query, Headers, Content> {
  readonly edge: Edge
  /** What this request verifies credentials with; as strict as the route. */
  readonly verification: Verification
  /** What the log is to be told beyond what the declaration says. */
  readonly trace: Trace
  readonly principal: A extends { kind: 'public' } ? undefined : Principal
  readonly params: Output<Params>
  readonly query: Output<Query>
  readonly headers: Output<Headers>
  readonly body: BodyOutput<Content>
  /** As it came, for what passes it on; its body is there unless the route declares one. */
  readonly request: Request
  /** Its origin is the issuer and audience of access tokens. */
  readonly address: Address
  /** Of a principal these are part; for routes that anyone may call. */
  readonly context: RequestContext
  /** Milliseconds since 1970. On Cloudflare the clock stands still while a request computes. */
  readonly now: number
}

export interface Declaration<A extends Access, Params, Query, Headers, Content> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** In Hono's notation: `/api/v1/:tenant/roles/:id`. */
  readonly path: string
  readonly summary: string
  readonly access: A
  /**
   * Whether the route asks D1 for the changes of this moment before it decides who may call it. Left out, it does.
   * `bounded` is for reading what a tenant has: there a revocation may take as long as the setting
   * `MAX_STALENESS_SECONDS` says to be felt, and a request that finds all in memory asks D1 nothing. A function says
   * so of one request, where that hangs on more than the route.
   */
  readonly consistency?: Consistency | ((request: Request) => Consistency)
  readonly params?: Params
  readonly query?: Query
  readonly headers?: Headers
  readonly body?: Content
  /** By status. `null` is an empty answer, a text the media type of one that is not JSON. */
  readonly answers: Readonly<Record<number, Schema | string | null>>
  readonly handle: (call: Call<A, Params, Query, Headers, Content>) => Promise<Outcome>
}

export type Route = Declaration<
  Access,
  Schema | undefined,
  Schema | undefined,
  Schema | undefined,
  Body | undefined
>

export function route<
  const A extends Access,
  Params extends Schema | undefined = undefined,
  Query extends Schema | undefined = undefined,
  Headers extends Schema | undefined = undefined,
  Content extends Body | undefined = undefined,
>(declaration: Declaration<A, Params, Query, Headers, Content>): Route {
  // `serve.ts` gives the handler what the declaration's own schemas made of the request.
  return declaration as unknown as Route
}
