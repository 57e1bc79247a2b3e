/**
 * Whose pages these are. Tokens are the same for a service account, for a user and for oneself; where they are, who may
 * see them, and what is around the page differs.
 */

import type { Child } from 'hono/jsx'
import type * as v from 'valibot'
import type { Result } from '../../../../shared/result.ts'
import type { Principal } from '../../../access/principal.ts'
import type { Edge } from '../../../edge.ts'
import type { EdgeError } from '../../../http/refusal.ts'
import type { Access } from '../../../http/route.ts'
import type { Account } from '../../../storage/accounts.ts'
import type { Visit } from '../../visit.ts'

export interface PlaceParams {
  readonly tenant?: string | undefined
  readonly id?: string | undefined
}

export interface Found {
  readonly account: Account
}

export type Tab = 'profile' | 'tokens' | 'federation' | 'access' | 'groups' | 'audit' | 'settings'

export interface FrameProps<F extends Found = Found> {
  readonly found: F
  readonly tab: Tab
  /** What is done here, where that is more than to look: it goes before the account's name in the title. */
  readonly deed?: string
  readonly children?: Child
}

type NotPublic = Exclude<Access, { kind: 'public' }>
type Find<F extends Found> = (
  edge: Edge,
  principal: Principal,
  params: PlaceParams,
) => Promise<Result<F, EdgeError>>

export interface Place<F extends Found = Found> {
  /** Of the account's own page, in Hono's notation: `/:tenant/iam/service-accounts/:id`. */
  readonly path: string
  /** Where below it the list of tokens is. */
  readonly listPath: '' | '/tokens'
  readonly params: v.GenericSchema<unknown, PlaceParams>
  /** As the API has it for the same. */
  readonly access: Readonly<Record<'view' | 'mint' | 'revoke', NotPublic>>
  readonly find: Find<F>
  /** For who acts on the account or its tokens, where that is not the same. */
  readonly findManaged: Find<F>
  /** What is around the page. */
  readonly Frame: (props: FrameProps<F>) => Child
  /** An address below the account's own page. */
  readonly at: (visit: Visit, found: Found, ...parts: readonly string[]) => string
}

/** The address of the list of tokens. */
export const listAt = <F extends Found>(place: Place<F>, visit: Visit, found: F): string =>
  place.at(visit, found, ...(place.listPath === '' ? [] : ['tokens']))
