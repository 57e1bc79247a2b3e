/** Who was invited into a tenant, and what became of it. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { Id, type Page as ListPage } from '../../../../shared/wire/common.ts'
import {
  type Invitation,
  invitationFields,
  listInvitations,
  readInvitation,
  statusOf,
  withdrawInvitation,
} from '../../../accounts/invitations.ts'
import { permit } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { form, movedTo, page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Form } from '../../parts/form.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Pill, type Tone } from '../../parts/pill.tsx'
import { Pager, Search, Table } from '../../parts/table.tsx'
import { Day, When } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

export const invitationsPage = page({
  path: '/:tenant/iam/users/invitations',
  access: permit('INVITATION:LIST'),
  params: v.object({ tenant: TenantId }),
  query: consoleList(invitationFields),
  show: async ({ edge, params: { tenant }, query, now }) => (
    <Invitations found={await listInvitations(edge.db, tenant, newestFirst(query), now)} query={query} />
  ),
})

const newestFirst = (query: ConsoleList): ConsoleList =>
  query.sort.length > 0 ? query : { ...query, sort: [{ field: 'sentAt', isDescending: true }] }

export const withdrawForm = form({
  path: '/:tenant/iam/users/invitations/:id/withdraw',
  access: permit('INVITATION:DELETE'),
  params: v.object({ tenant: TenantId, id: Id }),
  fields: v.object({}),
  show: async ({ edge, params: { tenant, id } }) => {
    const found = await readInvitation(edge.db, tenant, id)
    return found.ok ? <Withdraw invitation={found.value} /> : found.error
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }) => {
    const found = await readInvitation(edge.db, tenant, id)
    if (!found.ok) return found.error
    const withdrawn = await withdrawInvitation(edge.db, principal, tenant, id)
    return withdrawn.ok
      ? movedTo(at(visit, 'iam', 'users', 'invitations'), flash('invitation_withdrawn', found.value.email))
      : withdrawn.error
  },
})

const STATUSES = {
  PENDING: { word: 'Pending', tone: 'info' },
  ACCEPTED: { word: 'Accepted', tone: 'ok' },
  EXPIRED: { word: 'Expired', tone: 'mute' },
} as const satisfies Record<string, { word: string; tone: Tone }>

function Invitations({
  found: { results, total },
  query,
}: {
  readonly found: ListPage<Invitation>
  readonly query: ConsoleList
}) {
  const visit = useVisit()
  const to = (...parts: string[]) => at(visit, 'iam', 'users', ...parts)
  return (
    <Page
      title="Invitations"
      crumbs={[['Users', to()]]}
      lead="Links that were handed out. Each lets one person in, within a week."
      actions={
        may(visit, 'INVITATION:CREATE') && (
          <a class="button primary" href={to('invite')} data-key="c">
            <Icon name="plus" />
            Invite
          </a>
        )
      }
    >
      <div class="toolbar">
        <Search label="E-mail address" value={query.q} />
      </div>
      <section class="card">
        {results.length === 0 ? (
          <Empty icon="user">
            {query.q === undefined ? 'Nobody was invited yet.' : 'No e-mail address holds this text.'}
          </Empty>
        ) : (
          <Table
            caption="Invitations"
            rows={results}
            query={query}
            columns={[
              { label: 'E-mail address', sort: 'email', show: ({ email }) => <bdi>{email}</bdi> },
              {
                label: 'Status',
                show: (row) => {
                  const { tone, word } = STATUSES[statusOf(row, visit.now)]
                  return <Pill tone={tone}>{word}</Pill>
                },
              },
              { label: 'Invited', show: ({ createdAt }) => <When at={createdAt} /> },
              {
                label: 'Valid until',
                show: (row) => statusOf(row, visit.now) === 'PENDING' && <Day at={row.expiresAt} />,
              },
              {
                label: 'Withdraw',
                isAbove: true,
                show: (row) =>
                  may(visit, 'INVITATION:DELETE') &&
                  statusOf(row, visit.now) === 'PENDING' && (
                    <a
                      class="button small"
                      href={to('invitations', row.id, 'withdraw')}
                      aria-label={`Withdraw the invitation of ${row.email}`}
                    >
                      Withdraw
                    </a>
                  ),
              },
            ]}
          />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </Page>
  )
}

function Withdraw({ invitation: { email } }: { readonly invitation: Invitation }) {
  const visit = useVisit()
  const list = at(visit, 'iam', 'users', 'invitations')
  return (
    <Page
      title={`Withdraw invitation · ${email}`}
      heading="Withdraw invitation"
      crumbs={[['Invitations', list]]}
    >
      <Form submit="Withdraw" isDangerous cancel={list}>
        <p>
          The link that <bdi>{email}</bdi> was given opens nothing any more. You can invite them again.
        </p>
      </Form>
    </Page>
  )
}
