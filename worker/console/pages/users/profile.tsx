/** A user's own page: what is known of them. */

import { readSeenUser, type UserSeen } from '../../../accounts/tenant-users.ts'
import { permit } from '../../../http/route.ts'
import { type Tenant, tenantsOf } from '../../../storage/accounts.ts'
import { lastSignInsOf } from '../../../storage/audit-logs.ts'
import { page } from '../../page.ts'
import { Day, Instant } from '../../parts/when.tsx'
import { at, may, useVisit } from '../../visit.ts'
import { UserPage, userParams } from './user.tsx'

export const userPage = page({
  path: '/:tenant/iam/users/:id',
  access: permit('USER:VIEW'),
  params: userParams,
  show: async ({ edge: { db }, principal, params: { tenant, id } }) => {
    const found = await readSeenUser(db, principal, tenant, id)
    if (!found.ok) return found.error
    const [signIns, tenants] = await Promise.all([
      principal.isSuperadmin ? lastSignInsOf(db, [id]) : new Map<string, number>(),
      // Where else somebody belongs is no business of one tenant's.
      principal.isSuperadmin ? tenantsOf(db, [id]) : undefined,
    ])
    return (
      <UserPage found={found.value} tab="profile">
        <Profile found={found.value} signedInAt={signIns.get(id)} tenants={tenants?.get(id)} />
      </UserPage>
    )
  },
})

interface Props {
  readonly found: UserSeen
  readonly signedInAt: number | undefined
  /** Absent where that is not for the reader to see. */
  readonly tenants: readonly Tenant[] | undefined
}

function Profile({ found: { account, groups }, signedInAt, tenants }: Props) {
  const visit = useVisit()
  return (
    <section class="card" aria-labelledby="profile">
      <header>
        <h2 id="profile">Profile</h2>
      </header>
      <dl class="facts wide">
        <dt>E-mail address</dt>
        <dd>
          <bdi>{account.name}</bdi>
        </dd>
        <dt>Id</dt>
        <dd class="mono">{account.id}</dd>
        <dt>Signs in with</dt>
        <dd>{account.password === null ? 'Nothing: no password is set' : 'A password'}</dd>
        {tenants && (
          <>
            <dt>Last sign-in</dt>
            <dd>{signedInAt === undefined ? 'None on record' : <Instant at={signedInAt} />}</dd>
          </>
        )}
        <dt>Created</dt>
        <dd>
          <Day at={account.createdAt} />
        </dd>
        {account.disabledAt !== null && (
          <>
            <dt>Disabled</dt>
            <dd>
              <Instant at={account.disabledAt} />
            </dd>
          </>
        )}
        {tenants && (
          <>
            <dt>Tenants</dt>
            <dd>{tenants.length === 0 ? 'None' : tenants.map(({ id }) => id).join(', ')}</dd>
          </>
        )}
        <dt>Groups here</dt>
        <dd>
          {groups.length === 0 ? (
            'None'
          ) : (
            <span class="chips">
              {groups.map(({ id, name }) =>
                may(visit, 'GROUP:VIEW') ? (
                  <a class="chip" href={at(visit, 'iam', 'groups', id)}>
                    <bdi>{name}</bdi>
                  </a>
                ) : (
                  <bdi class="chip">{name}</bdi>
                ),
              )}
            </span>
          )}
        </dd>
      </dl>
    </section>
  )
}
