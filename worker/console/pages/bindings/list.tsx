/** The bindings of a tenant: who holds which role, and where. Of one account or group where the address names it. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { type BindingInFull, listBindings } from '../../../access/bindings.ts'
import { findSubjects, readSubject, type Subject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Where } from '../../parts/permissions.tsx'
import { SubjectName, subjectKey, subjectOf } from '../../parts/subject.tsx'
import { Pager, Search, Table } from '../../parts/table.tsx'
import { Day } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit, withQuery } from '../../visit.ts'
import { readSubjectKey } from './subject-key.ts'

const list = consoleList([])

export const bindingsPage = page({
  path: '/:tenant/iam/bindings',
  access: permit('BINDING:LIST'),
  params: v.object({ tenant: TenantId }),
  query: v.pipe(
    v.record(v.string(), v.string()),
    v.transform((query) => ({ list: v.parse(list, query), subject: readSubjectKey(query.subject) })),
  ),
  show: async ({ edge: { db }, principal, params: { tenant }, query }) => {
    const { q } = query.list
    // A text is looked for among those who may hold something: bindings themselves have no name.
    const matches =
      q === undefined
        ? undefined
        : await findSubjects(db, principal, tenant, q, ['USER', 'SERVICE_ACCOUNT', 'GROUP'], 10)
    const asked = query.subject && (await readSubject(db, principal, tenant, ...query.subject))
    if (asked && !asked.ok) return asked.error
    const subject = asked?.value
    const found =
      matches === undefined &&
      (await listBindings(db, tenant, {
        ...query.list,
        filters: subject ? [{ field: 'id', operator: 'EQUALS', value: subject.id }] : [],
      }))
    return <Bindings found={found} query={query.list} subject={subject} matches={matches ?? []} />
  },
})

interface Props {
  /** False while it is looked for whose are meant. */
  readonly found: ListPage<BindingInFull> | false
  readonly query: ConsoleList
  readonly subject: Subject | undefined
  readonly matches: readonly Subject[]
}

function Bindings({ found, query, subject, matches }: Props) {
  const visit = useVisit()
  const key = subject && subjectKey(subject)
  const address = at(visit, 'iam', 'bindings', 'new')
  return (
    <Page
      title={subject ? `Bindings · ${subject.name}` : 'Bindings'}
      heading="Bindings"
      lead="Who holds which role, and where. A role holds in a namespace and all below it, or in the whole tenant."
      actions={
        may(visit, 'BINDING:CREATE') && (
          <a class="button primary" href={withQuery(address, { subject: key })} data-key="c">
            <Icon name="plus" />
            Create
          </a>
        )
      }
    >
      <div class="toolbar">
        <Search label="Account or group" value={query.q} />
        {subject && (
          <p class="actions">
            <span>Of</span>
            <SubjectName subject={{ ...subject, detail: '' }} />
            <a class="button small" href={at(visit, 'iam', 'bindings')}>
              All bindings
            </a>
          </p>
        )}
      </div>
      {found ? <Found found={found} query={query} subject={subject} /> : <Matches matches={matches} />}
    </Page>
  )
}

function Found({
  found: { results, total },
  query,
  subject,
}: Pick<Props, 'query' | 'subject'> & { readonly found: ListPage<BindingInFull> }) {
  return (
    <section class="card">
      {results.length === 0 ? (
        <Empty icon="link">
          {subject
            ? 'It holds no role of its own here.'
            : 'There is none yet. A binding gives a role to an account, or to all accounts of a group.'}
        </Empty>
      ) : (
        <Rows rows={results} />
      )}
      <Pager query={query} total={total} shown={results.length} />
    </section>
  )
}

/** Whose bindings are meant. */
function Matches({ matches }: { readonly matches: readonly Subject[] }) {
  const { path } = useVisit()
  if (matches.length === 0) return <Notice tone="info">No account or group is called so.</Notice>
  return (
    <nav class="card" aria-labelledby="whose">
      <header>
        <h2 id="whose">Whose bindings?</h2>
      </header>
      <ul class="rows">
        {matches.map((one) => (
          <li>
            <SubjectName
              subject={one}
              href={withQuery(path, { subject: subjectKey(one), q: undefined, page: undefined })}
            />
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Rows({ rows }: { readonly rows: readonly BindingInFull[] }) {
  const visit = useVisit()
  return (
    <Table
      caption="Bindings"
      rows={rows}
      columns={[
        {
          label: 'Who',
          show: (row) => (
            <SubjectName
              subject={subjectOf(row)}
              href={may(visit, 'BINDING:VIEW') ? at(visit, 'iam', 'bindings', row.binding.id) : undefined}
              isRow
            />
          ),
        },
        { label: 'Role', show: ({ role }) => <bdi>{role.name}</bdi> },
        { label: 'Where', show: ({ binding }) => <Where namespace={binding.namespace} /> },
        { label: 'Since', show: ({ binding }) => <Day at={binding.createdAt} /> },
      ]}
    />
  )
}
