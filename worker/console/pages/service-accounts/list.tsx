/** The service accounts of a tenant. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import {
  accountFields,
  listServiceAccounts,
  type ServiceAccountInFull,
} from '../../../accounts/service-accounts.ts'
import { permit } from '../../../http/route.ts'
import { type AccountSummary, summariesOf } from '../../../storage/account-summaries.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { page } from '../../page.ts'
import { GroupChips, Held } from '../../parts/account-cells.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Pager, Search, Table } from '../../parts/table.tsx'
import { Day, When } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { accountStatusOf, SOON_MS } from '../../status.ts'
import { at, may, useVisit } from '../../visit.ts'

export const serviceAccountsPage = page({
  path: '/:tenant/iam/service-accounts',
  access: permit('SERVICE_ACCOUNT:LIST'),
  params: v.object({ tenant: TenantId }),
  query: consoleList(accountFields),
  show: async ({ edge, params: { tenant }, query }) => {
    const found = await listServiceAccounts(edge.db, query, tenant)
    const ids = found.results.map(({ account }) => account.id)
    return <ServiceAccounts found={found} summaries={await summariesOf(edge.db, tenant, ids)} query={query} />
  },
})

interface Props {
  readonly found: ListPage<ServiceAccountInFull>
  readonly summaries: ReadonlyMap<string, AccountSummary>
  readonly query: ConsoleList
}

function ServiceAccounts({ found: { results, total }, summaries, query }: Props) {
  const visit = useVisit()
  const create = may(visit, 'SERVICE_ACCOUNT:CREATE') && (
    <a class="button primary" href={at(visit, 'iam', 'service-accounts', 'new')} data-key="c">
      <Icon name="plus" />
      Create
    </a>
  )
  return (
    <Page
      title="Service accounts"
      lead="Applications that call the Kestra API with a token. They have no password and cannot sign in here."
      actions={create}
    >
      <div class="toolbar">
        <Search label="Part of a name" value={query.q} />
      </div>
      <section class="card">
        {results.length === 0 ? (
          <Empty icon="bot">
            {query.q === undefined
              ? 'There is none yet. A service account stands for one application, such as a pipeline, and has only the access that its roles give it.'
              : 'No name holds this text.'}
          </Empty>
        ) : (
          <Rows rows={results} summaries={summaries} query={query} />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </Page>
  )
}

function Rows({
  rows,
  summaries,
  query,
}: Pick<Props, 'summaries' | 'query'> & { readonly rows: readonly ServiceAccountInFull[] }) {
  const visit = useVisit()
  const { now } = visit
  const addressOf = ({ account }: ServiceAccountInFull, ...rest: string[]) =>
    at(visit, 'iam', 'service-accounts', account.id, ...rest)
  /** As in the API, what tokens there are takes more than to see a list of accounts. */
  const isHidden = !may(visit, 'SERVICE_ACCOUNT:VIEW')
  const summaryOf = ({ account }: ServiceAccountInFull) => summaries.get(account.id)
  return (
    <Table
      caption="Service accounts"
      rows={rows}
      query={query}
      columns={[
        {
          label: 'Name',
          sort: 'name',
          show: (row) => (
            <span class="two">
              <a class="row" href={addressOf(row)}>
                <bdi>{row.account.name}</bdi>
              </a>
              {row.account.description && <bdi>{row.account.description}</bdi>}
            </span>
          ),
        },
        {
          label: 'Status',
          isHidden,
          show: (row) => {
            const { tokens: total = 0, nextExpiry = null, lastUsedAt = null } = summaryOf(row) ?? {}
            const { tone, word } = accountStatusOf(row.account, { total, nextExpiry, lastUsedAt }, now)
            return <Pill tone={tone}>{word}</Pill>
          },
        },
        {
          label: 'Access',
          isHidden: !may(visit, 'BINDING:LIST'),
          show: (row) => {
            const summary = summaryOf(row)
            return summary?.roleName ? <Held summary={summary} /> : undefined
          },
        },
        {
          label: 'Groups',
          show: ({ groups }) => groups.length > 0 && <GroupChips groups={groups} />,
        },
        { label: 'Tokens', isNumber: true, isHidden, show: (row) => String(summaryOf(row)?.tokens ?? 0) },
        {
          label: 'Last used',
          isHidden,
          show: (row) => {
            const used = summaryOf(row)?.lastUsedAt ?? null
            return used === null ? <span class="muted">Never</span> : <When at={used} />
          },
        },
        {
          label: 'Next expiry',
          isHidden,
          show: (row) => {
            const expiry = summaryOf(row)?.nextExpiry ?? null
            if (expiry === null) return undefined
            return (
              <span class="two plain">
                <When at={expiry} class={expiry - now <= SOON_MS ? 'soon' : undefined} />
                <Day at={expiry} />
              </span>
            )
          },
        },
        {
          label: 'More',
          isAbove: true,
          show: (row) => (
            <Menu
              isSmall
              about={row.account.name}
              items={[
                may(visit, 'SERVICE_ACCOUNT:UPDATE') && {
                  label: 'Create API token',
                  href: addressOf(row, 'tokens', 'new'),
                },
                { label: 'Access', href: addressOf(row, 'access') },
                visit.principal?.isSuperadmin === true && {
                  label: 'Impersonate',
                  href: addressOf(row, 'impersonate'),
                },
              ]}
            />
          ),
        },
      ]}
    />
  )
}
