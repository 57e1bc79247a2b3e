/** Giving a role: to whom, which, where. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { bindRole } from '../../../access/bindings.ts'
import { findSubjects, readSubject, type Subject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { SubjectName, subjectKey } from '../../parts/subject.tsx'
import { Search } from '../../parts/table.tsx'
import { Page } from '../../shell.tsx'
import { at, ownPath, useVisit, type Visit, withQuery } from '../../visit.ts'
import { type Choice, ChooseRole, choiceFields, choiceQuery, readChoice } from './choice.tsx'
import { readSubjectKey } from './subject-key.ts'

export const bindForm = form({
  path: '/:tenant/iam/bindings/new',
  access: permit('BINDING:CREATE'),
  params: v.object({ tenant: TenantId }),
  query: choiceQuery,
  fields: choiceFields,
  about: { grant_exceeds_own: 'role' },
  show: async (call) => {
    const { edge, principal, params, query } = call
    const key = readSubjectKey(query.subject)
    if (!key) {
      const kinds = ['USER', 'SERVICE_ACCOUNT', 'GROUP'] as const
      const { q } = query.list
      return <Whom q={q} found={await findSubjects(edge.db, principal, params.tenant, q, kinds, 10)} />
    }
    const subject = await readSubject(edge.db, principal, params.tenant, ...key)
    if (!subject.ok) return subject.error
    return <Bind subject={subject.value} choice={await readChoice(call, subject.value)} back={query.back} />
  },
  act: async ({ edge, principal, params: { tenant }, query, visit }, { role, namespace, step }) => {
    const [type, externalId] = readSubjectKey(query.subject) ?? []
    if (type === undefined || externalId === undefined) return { code: 'route_not_found' }
    if (step === 'preview') return movedTo(withQuery(visit.path, { role, namespace }))
    const bound = await bindRole(edge.db, principal, tenant, {
      type,
      externalId,
      roleId: role,
      namespaceId: namespace,
    })
    return bound.ok
      ? movedTo(backTo(visit, query.back), flash('role_granted', bound.value.role.name, namespace ?? ''))
      : bound.error
  },
})

/** Where somebody came from to do something with a binding; the list where that is not said. */
export const backTo = (visit: Visit, back: string | undefined): string =>
  back === undefined ? at(visit, 'iam', 'bindings') : ownPath(visit, back)

function Whom({ q, found }: { readonly q: string | undefined; readonly found: readonly Subject[] }) {
  const visit = useVisit()
  return (
    <Page
      title="Give a role to whom?"
      lead="To one account, or to a group and so to all its members."
      crumbs={[['Bindings', at(visit, 'iam', 'bindings')]]}
    >
      <div class="toolbar">
        <Search label="Part of a name" value={q} />
      </div>
      <section class="card" aria-label="Accounts and groups">
        {found.length === 0 ? (
          <Empty icon="search">No account or group is called so.</Empty>
        ) : (
          <ul class="rows">
            {found.map((one) => (
              <li>
                <SubjectName
                  subject={one}
                  href={withQuery(visit.path, { subject: subjectKey(one), q: undefined })}
                />
              </li>
            ))}
          </ul>
        )}
      </section>
    </Page>
  )
}

function Bind({
  subject,
  choice,
  back,
}: {
  readonly subject: Subject
  readonly choice: Choice
  readonly back: string | undefined
}) {
  const visit = useVisit()
  const to = backTo(visit, back)
  return (
    <Page
      title={`Add role · ${subject.name}`}
      heading="Add role"
      lead={
        <>
          To <bdi>{subject.name}</bdi>
          {subject.kind === 'GROUP' && ', and so to all its members'}.
        </>
      }
      crumbs={[[back === undefined ? 'Bindings' : subject.name, to]]}
    >
      <ChooseRole choice={choice} submit="Add role" cancel={to} />
    </Page>
  )
}
