/** The users of a tenant; for the instance's administrators also all there are. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { displayNameOf } from '../../../accounts/display-name.ts'
import { listTenantUsers, type TenantUser } from '../../../accounts/tenant-users.ts'
import { listUsers, userFields } from '../../../accounts/users.ts'
import { permit } from '../../../http/route.ts'
import { type AccountSummary, summariesOf } from '../../../storage/account-summaries.ts'
import { lastSignInsOf } from '../../../storage/audit-logs.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { page } from '../../page.ts'
import { GroupChips, Held } from '../../parts/account-cells.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Pager, Search, Segments, Table } from '../../parts/table.tsx'
import { When } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { userStatusOf } from '../../status.ts'
import { at, may, useVisit } from '../../visit.ts'

export const usersPage = page({
  path: '/:tenant/iam/users',
  access: permit('USER:LIST'),
  params: v.object({ tenant: TenantId }),
  query: v.intersect([
    consoleList(userFields),
    v.object({ of: v.fallback(v.optional(v.literal('all')), undefined) }),
  ]),
  show: async ({ edge: { db }, principal, params: { tenant }, query }) => {
    const isAll = query.of === 'all' && principal.isSuperadmin
    const found = isAll ? await listAll(db, query) : await listTenantUsers(db, tenant, query)
    const ids = found.results.map(({ account }) => account.id)
    const [summaries, signIns] = await Promise.all([summariesOf(db, tenant, ids), lastSignInsOf(db, ids)])
    return <Users found={found} summaries={summaries} signIns={signIns} query={query} />
  },
})

/** Of all tenants: groups are a tenant's, so none are named. */
async function listAll(
  db: Parameters<typeof listUsers>[0],
  query: ConsoleList,
): Promise<ListPage<TenantUser>> {
  const { results, total } = await listUsers(db, query)
  return { total, results: results.map(({ account }) => ({ account, groups: [] })) }
}

interface Props {
  readonly found: ListPage<TenantUser>
  readonly summaries: ReadonlyMap<string, AccountSummary>
  readonly signIns: ReadonlyMap<string, number>
  readonly query: ConsoleList
}

function Users({ found: { results, total }, query, ...rest }: Props) {
  const visit = useVisit()
  const isAdministrator = visit.principal?.isSuperadmin
  const to = (...parts: string[]) => at(visit, 'iam', 'users', ...parts)
  return (
    <Page
      title="Users"
      lead="People. They sign in with their e-mail address and a password, and may have API tokens of their own."
      actions={
        <>
          {may(visit, 'INVITATION:LIST') && (
            <a class="button" href={to('invitations')}>
              Invitations
            </a>
          )}
          {isAdministrator && (
            <a class="button" href={to('new')}>
              Create user
            </a>
          )}
          {may(visit, 'INVITATION:CREATE') && (
            <a class="button primary" href={to('invite')} data-key="c">
              <Icon name="plus" />
              Invite
            </a>
          )}
        </>
      }
    >
      <div class="toolbar">
        <Search label="E-mail address" value={query.q} />
        {isAdministrator && (
          <Segments
            label="Which users"
            parameter="of"
            options={[{ label: `In ${visit.tenant}` }, { value: 'all', label: 'Of all tenants' }]}
          />
        )}
      </div>
      <section class="card">
        {results.length === 0 ? (
          <Empty icon="user">
            {query.q === undefined
              ? 'Nobody belongs to this tenant yet. Invite people by e-mail address: you get a link to hand over.'
              : 'No e-mail address holds this text.'}
          </Empty>
        ) : (
          <Rows rows={results} query={query} {...rest} />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </Page>
  )
}

function Rows({
  rows,
  summaries,
  signIns,
  query,
}: Omit<Props, 'found'> & { readonly rows: readonly TenantUser[] }) {
  const visit = useVisit()
  // As in the API: tokens and sign-ins of users are the instance's business.
  const isHidden = visit.principal?.isSuperadmin !== true
  return (
    <Table
      caption="Users"
      rows={rows}
      query={query}
      columns={[
        {
          label: 'User',
          sort: 'name',
          show: ({ account }) => (
            <span class="two">
              <a class="row" href={at(visit, 'iam', 'users', account.id)}>
                <bdi>{displayNameOf(account)}</bdi>
              </a>
              {displayNameOf(account) !== account.name && <bdi>{account.name}</bdi>}
            </span>
          ),
        },
        {
          label: 'Status',
          isHidden: !may(visit, 'USER:VIEW'),
          show: ({ account }) => {
            const { tone, word } = userStatusOf(account)
            return (
              <span class="chips">
                <Pill tone={tone}>{word}</Pill>
                {account.isSuperadmin && <Pill tone="info">Superadmin</Pill>}
              </span>
            )
          },
        },
        {
          label: 'Access',
          isHidden: !may(visit, 'BINDING:LIST'),
          show: ({ account }) => {
            const summary = summaries.get(account.id)
            return summary?.roleName ? <Held summary={summary} /> : undefined
          },
        },
        {
          label: 'Groups',
          show: ({ groups }) => groups.length > 0 && <GroupChips groups={groups} />,
        },
        {
          label: 'Tokens',
          isHidden,
          isNumber: true,
          show: ({ account }) => String(summaries.get(account.id)?.tokens ?? 0),
        },
        {
          label: 'Last sign-in',
          isHidden,
          show: ({ account }) => {
            const last = signIns.get(account.id)
            return last === undefined ? <span class="muted">None on record</span> : <When at={last} />
          },
        },
      ]}
    />
  )
}
