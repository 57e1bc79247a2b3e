/** Taking a user out of use: disabled and enabled again, out of one tenant, or deleted. Each says first what it comes to. */

import type { Child } from 'hono/jsx'
import * as v from 'valibot'
import type { Result } from '../../../../shared/result.ts'
import { changeUser } from '../../../accounts/change-user.ts'
import { readSeenUser, revokeTenantAccess, type UserSeen } from '../../../accounts/tenant-users.ts'
import { removeUser } from '../../../accounts/users.ts'
import type { EdgeError } from '../../../http/refusal.ts'
import { type Access, permit, superadmin } from '../../../http/route.ts'
import { type AccountSummary, summariesOf } from '../../../storage/account-summaries.ts'
import { notTyped, typed } from '../../fields.ts'
import { type Flash, flash } from '../../flash.ts'
import { type Call, form, movedTo } from '../../page.ts'
import { Form, TypedName } from '../../parts/form.tsx'
import { at, useVisit } from '../../visit.ts'
import { UserPage, userParams } from './user.tsx'

type UserCall = Call<Exclude<Access, { kind: 'public' }>, typeof userParams>

/** One way out of use, or back. */
interface Deed {
  readonly path: string
  readonly access: Exclude<Access, { kind: 'public' }>
  /** The heading's verb and the button's. */
  readonly label: string
  readonly isDangerous: boolean
  /** Whether the e-mail address has to be typed. */
  readonly isTyped?: boolean
  readonly Consequences: (props: {
    readonly summary: AccountSummary | undefined
    readonly tenant: string
  }) => Child
  readonly run: (call: UserCall) => Promise<Result<unknown, EdgeError>>
  readonly word: (name: string, tenant: string) => Flash
  /** Whether the user is still to be seen afterwards. */
  readonly leaves: boolean
}

const deeds: readonly Deed[] = [
  {
    path: 'disable',
    access: superadmin,
    label: 'Disable user',
    isDangerous: true,
    Consequences: ({ summary }) => (
      <>
        <li>All sessions end, and nobody signs in with this e-mail address.</li>
        <li>Their {tokensOf(summary)} stop working until they are enabled again.</li>
        <li>Roles and groups stay as they are.</li>
      </>
    ),
    run: ({ edge, principal, params: { id } }) =>
      changeUser(edge.db, edge.keys, principal, id, { isDisabled: true }),
    word: (name) => flash('account_disabled', name),
    leaves: false,
  },
  {
    path: 'enable',
    access: superadmin,
    label: 'Enable user',
    isDangerous: false,
    Consequences: ({ summary }) => (
      <li>Their password and {tokensOf(summary)} are accepted again, with all roles and groups.</li>
    ),
    run: ({ edge, principal, params: { id } }) =>
      changeUser(edge.db, edge.keys, principal, id, { isDisabled: false }),
    word: (name) => flash('account_enabled', name),
    leaves: false,
  },
  {
    path: 'remove',
    access: permit('USER:DELETE'),
    label: 'Remove user from tenant',
    isDangerous: true,
    Consequences: ({ tenant }) => (
      <>
        <li>All roles and group memberships in {tenant} go.</li>
        <li>The user stays, with what they have in other tenants.</li>
      </>
    ),
    run: ({ edge, principal, params: { tenant, id } }) => revokeTenantAccess(edge.db, principal, tenant, id),
    word: (name, tenant) => flash('user_removed', name, tenant),
    leaves: true,
  },
  {
    path: 'delete',
    access: superadmin,
    label: 'Delete user',
    isDangerous: true,
    isTyped: true,
    Consequences: ({ summary }) => (
      <>
        <li>Their {tokensOf(summary)} and all sessions end for good.</li>
        <li>Roles and group memberships go, in every tenant.</li>
        <li>What the audit log says of this user stays.</li>
      </>
    ),
    run: ({ edge, principal, params: { id } }) => removeUser(edge.db, principal, id),
    word: (name) => flash('account_deleted', name),
    leaves: true,
  },
]

const tokensOf = (summary: AccountSummary | undefined): string => `API tokens (${summary?.tokens || 'none'})`

export const outOfUseForms = deeds.map((deed) =>
  form({
    path: `/:tenant/iam/users/:id/${deed.path}`,
    access: deed.access,
    params: userParams,
    fields: v.object({ typed: deed.isTyped ? typed : v.optional(v.string(), '') }),
    show: async ({ edge, principal, params: { tenant, id } }) => {
      const found = await readSeenUser(edge.db, principal, tenant, id)
      if (!found.ok) return found.error
      const summaries = await summariesOf(edge.db, tenant, [id])
      return <Confirm deed={deed} found={found.value} summary={summaries.get(id)} />
    },
    act: async (call, values) => {
      const { edge, principal, params, visit } = call
      const found = await readSeenUser(edge.db, principal, params.tenant, params.id)
      if (!found.ok) return found.error
      const { name } = found.value.account
      if (deed.isTyped && values.typed !== name) {
        return notTyped(`text is not ${name}`)
      }
      const done = await deed.run(call)
      if (!done.ok) return done.error
      return movedTo(
        deed.leaves ? at(visit, 'iam', 'users') : at(visit, 'iam', 'users', params.id),
        deed.word(name, params.tenant),
      )
    },
  }),
)

function Confirm({
  deed: { label, isDangerous, isTyped, Consequences },
  found,
  summary,
}: {
  readonly deed: Deed
  readonly found: UserSeen
  readonly summary: AccountSummary | undefined
}) {
  const visit = useVisit()
  const own = at(visit, 'iam', 'users', found.account.id)
  const mayDisable = isTyped && found.account.disabledAt === null
  return (
    <UserPage found={found} tab="settings" deed={label}>
      <Form
        submit={label}
        isDangerous={isDangerous}
        cancel={own}
        beside={
          mayDisable && <a href={at(visit, 'iam', 'users', found.account.id, 'disable')}>Disable instead</a>
        }
      >
        <h2>{label}?</h2>
        <ul>
          <Consequences summary={summary} tenant={visit.tenant} />
        </ul>
        {isTyped && <TypedName wanted={found.account.name} what="e-mail address" />}
      </Form>
    </UserPage>
  )
}
