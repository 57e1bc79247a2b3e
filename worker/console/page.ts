/**
 * Pages and forms of the console, declared once as data like the routes of the API; `serve.tsx` reads the guard and the
 * validators from the declaration.
 */

import type { Child } from 'hono/jsx'
import type * as v from 'valibot'
import type { Principal, RequestContext } from '../access/principal.ts'
import type { Edge } from '../edge.ts'
import type { EdgeError } from '../http/refusal.ts'
import type { Access } from '../http/route.ts'
import type { Verification } from '../tokens/verifier.ts'
import type { Flash } from './flash.ts'
import type { Visit } from './visit.ts'

type Schema = v.GenericSchema
type Output<S> = S extends Schema ? v.InferOutput<S> : undefined

/** One visit, signed in, permitted and validated. */
export interface Call<A extends Access = Access, Params = undefined, Query = undefined> {
  readonly edge: Edge
  readonly verification: Verification
  readonly principal: A extends { kind: 'public' } ? Principal | undefined : Principal
  readonly params: Output<Params>
  readonly query: Output<Query>
  readonly visit: Visit
  readonly context: RequestContext
  readonly now: number
  /** As the browser sent it, secrets included: nothing for a page to show. */
  readonly cookie: (name: string) => string | undefined
}

/** What came of a form. */
export type Done =
  /** 303, so that a reload does not send it again. */
  | {
      readonly kind: 'moved'
      readonly to: string
      readonly flash?: Flash
      /** `Set-Cookie` headers. */
      readonly cookies: readonly string[]
    }
  /** 200 with a page that has no address: the one time that a secret is shown. */
  | { readonly kind: 'shown'; readonly page: Child }

export const movedTo = (to: string, flash?: Flash, cookies: readonly string[] = []): Done => ({
  kind: 'moved',
  to,
  cookies,
  ...(flash ? { flash } : {}),
})

export interface Declaration<A extends Access, Params, Query, Fields> {
  /** In Hono's notation, below the console's own place: `/:tenant/iam/roles/:id`. */
  readonly path: string
  readonly access: A
  readonly params?: Params
  /** Of a GET. What is wrong in it should fall back to something, since people edit addresses by hand. */
  readonly query?: Query
  /** What to show at this address; absent where a form is part of another page, and its failure a page by itself. */
  readonly show?: (call: Call<A, Params, Query>) => Promise<Child | EdgeError | Done>
  /** Of a form: what it holds, and what sending it does. `visit.attempt` is what `show` shows when it was not taken. */
  readonly fields?: Fields
  readonly act?: (call: Call<A, Params, Query>, values: Output<Fields>) => Promise<Done | EdgeError>
  /** Which field an error of the domain is about, by its code. */
  readonly about?: Readonly<Partial<Record<EdgeError['code'], string>>>
}

export type Page = Declaration<Access, Schema | undefined, Schema | undefined, Schema | undefined>

/** A page to look at. */
export function page<
  const A extends Access,
  Params extends Schema | undefined = undefined,
  Query extends Schema | undefined = undefined,
>(
  declaration: Omit<Declaration<A, Params, Query, undefined>, 'fields' | 'act' | 'about'> &
    Required<Pick<Declaration<A, Params, Query, undefined>, 'show'>>,
): Page {
  // `serve.tsx` gives the functions what the declaration's own schemas made of the request.
  return declaration as unknown as Page
}

/** A form, with the page it stands on. */
export function form<
  const A extends Access,
  Fields extends Schema,
  Params extends Schema | undefined = undefined,
  Query extends Schema | undefined = undefined,
>(
  declaration: Declaration<A, Params, Query, Fields> &
    Required<Pick<Declaration<A, Params, Query, Fields>, 'fields' | 'act'>>,
): Page {
  return declaration as unknown as Page
}
