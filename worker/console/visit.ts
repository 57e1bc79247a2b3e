/** What every part of a page may need to know of the request it is made for. It travels by context, not by props. */

import { createContext, useContext } from 'hono/jsx'
import type { Permission } from '../../shared/permissions.ts'
import { decide } from '../access/decide.ts'
import type { Principal } from '../access/principal.ts'
import type { Problem } from '../http/refusal.ts'
import type { Access } from '../http/route.ts'
import type { Flash } from './flash.ts'

export type Theme = 'light' | 'dark'

/** A form that was sent and not taken: what was in it, so that nobody types it again, and what is wrong with it. */
export interface Attempt {
  readonly values: Fields
  readonly problems: readonly Problem[]
}

/** As a browser sends it: of a name that comes several times the list. */
export type Fields = Readonly<Record<string, string | readonly string[]>>

export interface Visit {
  /** Where the console is, without a slash at the end: `/ui`. */
  readonly base: string
  /** Of this page, with its query: what a form comes back to. */
  readonly path: string
  /** Scheme, host and port, for what is copied from here. */
  readonly origin: string
  /** Absent where nobody is signed in. */
  readonly principal?: Principal
  /** What the principal is called: a person's own name where it is known. */
  readonly displayName: string
  readonly tenant: string
  /** All that the principal has to do with. */
  readonly tenants: readonly string[]
  /** Whether the browser keeps a session of one's own to come back to, from before an impersonation. */
  readonly mayReturn: boolean
  /** Of an impersonation: when it ends by itself. */
  readonly endsAt?: number
  /** Goes into every form. Empty where nobody is signed in. */
  readonly csrfToken: string
  readonly now: number
  /** IANA, of whoever reads the page: `Europe/Paris`. */
  readonly timeZone: string
  /** Absent: as the system has it. */
  readonly theme?: Theme
  readonly flash?: Flash
  readonly attempt?: Attempt
  /** Whether namespace files are Postern's; else they are Kestra's, and so are the pages about them. */
  readonly hasFiles: boolean
  /** How long a revocation may take at most to be felt where something is only read. */
  readonly maxStalenessMs: number
}

// Never rendered without one: `serve.tsx` is the only way to a page.
const VisitContext = createContext<Visit>(undefined as unknown as Visit)

export const VisitProvider = VisitContext.Provider

export const useVisit = (): Visit => useContext(VisitContext)

/** Whether this may be offered. What a page does not offer the server refuses all the same. */
export function may({ principal, tenant }: Visit, permission: Permission, namespace?: string): boolean {
  const place = namespace === undefined ? {} : { namespace }
  return principal !== undefined && decide(principal, { tenant, permission, ...place })
}

/** The same by the rule that a page or route has. What only the instance's administrators may, no role gives. */
export function mayUse(visit: Visit, access: Access): boolean {
  if (access.kind === 'permission') return may(visit, access.permission)
  return access.kind === 'superadmin' ? visit.principal?.isSuperadmin === true : true
}

/** A page's address, each part encoded: `at(visit, 'iam', 'users', id)` is `/ui/main/iam/users/…`. */
export const at = ({ base, tenant }: Visit, ...parts: readonly string[]): string =>
  [base, ...[tenant, ...parts].map(encodeURIComponent)].join('/')

/**
 * Where a form may send its reader back to: a page of the console, read as a browser reads it, and nothing that leads to
 * another host or out of the console.
 */
export function ownPath({ base }: Pick<Visit, 'base'>, path: string): string {
  const url = URL.parse(path, NOWHERE)
  const isOwn = url?.origin === NOWHERE && url.pathname.startsWith(`${base}/`) && !url.pathname.includes('//')
  return isOwn ? `${url.pathname}${url.search}` : `${base}/`
}

/** No address has it: to read paths against. */
const NOWHERE = 'https://console.invalid'

/** The same address with other parameters; those that are undefined go. */
export function withQuery(path: string, changes: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(path, NOWHERE)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return `${url.pathname}${url.search}`
}
