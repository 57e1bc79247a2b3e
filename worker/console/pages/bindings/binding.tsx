/** One binding. It never changes: what should be otherwise is another binding. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { expandPermissions } from '../../../../shared/permissions.ts'
import { Id } from '../../../../shared/wire/common.ts'
import { type BindingInFull, readBinding } from '../../../access/bindings.ts'
import { permit } from '../../../http/route.ts'
import { page } from '../../page.ts'
import { Matrix } from '../../parts/matrix.tsx'
import { Where } from '../../parts/permissions.tsx'
import { SubjectName, subjectAt, subjectOf } from '../../parts/subject.tsx'
import { Instant } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

export const bindingParams = v.object({ tenant: TenantId, id: Id })

export const bindingPage = page({
  path: '/:tenant/iam/bindings/:id',
  access: permit('BINDING:VIEW'),
  params: bindingParams,
  show: async ({ edge, params: { tenant, id } }) => {
    const found = await readBinding(edge.db, tenant, id)
    return found.ok ? <Binding bound={found.value} /> : found.error
  },
})

function Binding({ bound }: { readonly bound: BindingInFull }) {
  const visit = useVisit()
  const { binding, role } = bound
  const subject = subjectOf(bound)
  const to = (...parts: string[]) => at(visit, 'iam', 'bindings', binding.id, ...parts)
  const given = expandPermissions(role.permissions)
  return (
    <Page
      title={`Binding of ${role.name} to ${subject.name}`}
      heading={
        <>
          <bdi>{role.name}</bdi> for <bdi>{subject.name}</bdi>
        </>
      }
      lead="A binding never changes. What should be otherwise is another binding in its place."
      crumbs={[['Bindings', at(visit, 'iam', 'bindings')]]}
      emblem="link"
      actions={
        <>
          {may(visit, 'BINDING:CREATE') && may(visit, 'BINDING:DELETE') && (
            <a class="button" href={to('replace')}>
              Delete and create a changed copy
            </a>
          )}
          {may(visit, 'BINDING:DELETE') && (
            <a class="button" href={to('delete')}>
              Delete
            </a>
          )}
        </>
      }
    >
      <section class="card" aria-label="Facts">
        <dl class="facts wide">
          <dt>Who</dt>
          <dd>
            <SubjectName
              subject={subject}
              href={subjectAt(visit, subject, ...(subject.kind === 'GROUP' ? [] : ['access']))}
            />
          </dd>
          <dt>Role</dt>
          <dd>
            <a href={at(visit, 'iam', 'roles', role.id)}>
              <bdi>{role.name}</bdi>
            </a>
          </dd>
          <dt>Where</dt>
          <dd>
            <Where namespace={binding.namespace} />
          </dd>
          <dt>Since</dt>
          <dd>
            <Instant at={binding.createdAt} />
          </dd>
        </dl>
      </section>
      <section class="card" aria-labelledby="gives">
        <header>
          <h2 id="gives">What it gives</h2>
        </header>
        <Matrix caption="What it gives" isAllowed={(permission) => given.has(permission)} />
      </section>
    </Page>
  )
}
