/** A service account's own page: its API tokens. */

import { readServiceAccount } from '../../../accounts/service-accounts.ts'
import { permit } from '../../../http/route.ts'
import { listTokens } from '../../../tokens/api-tokens.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Table } from '../../parts/table.tsx'
import { Day, When } from '../../parts/when.tsx'
import { statusOf } from '../../status.ts'
import { useVisit } from '../../visit.ts'
import { AccountPage, accountParams } from './account.tsx'

export const tokensPage = page({
  path: '/:tenant/iam/service-accounts/:id',
  access: permit('SERVICE_ACCOUNT:VIEW'),
  params: accountParams,
  show: async ({ edge, params: { tenant, id } }) => {
    const found = await readServiceAccount(edge.db, id, tenant)
    if (!found.ok) return found.error
    return (
      <AccountPage found={found.value} tab="tokens">
        <Tokens tokens={await listTokens(edge.db, id)} />
      </AccountPage>
    )
  },
})

function Tokens({ tokens }: { readonly tokens: Awaited<ReturnType<typeof listTokens>> }) {
  const { now } = useVisit()
  return (
    <section class="card" aria-labelledby="tokens">
      <header>
        <h2 id="tokens">API tokens</h2>
      </header>
      {tokens.length === 0 ? (
        <Empty icon="key">No token yet. The account cannot call the API before it has one.</Empty>
      ) : (
        <Table
          caption="API tokens"
          rows={tokens}
          columns={[
            {
              label: 'Token',
              show: ({ name, id }) => (
                <span class="two">
                  <bdi>{name}</bdi>
                  <span class="mono">pst_{id}</span>
                </span>
              ),
            },
            {
              label: 'Status',
              show: (token) => {
                const { word, tone } = statusOf(token, now)
                return <Pill tone={tone}>{word}</Pill>
              },
            },
            {
              label: 'Last used',
              show: ({ lastUsedAt }) =>
                lastUsedAt === null ? <span class="muted">Never</span> : <When at={lastUsedAt} />,
            },
            {
              label: 'Expires',
              show: ({ expiresAt }) =>
                expiresAt === null ? (
                  <span class="muted">Never</span>
                ) : (
                  <span class="two plain">
                    <When at={expiresAt} />
                    <Day at={expiresAt} />
                  </span>
                ),
            },
          ]}
        />
      )}
    </section>
  )
}
