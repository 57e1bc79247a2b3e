/** Taking a role away, with what that takes once everything else that is held is counted in. */

import * as v from 'valibot'
import { type BindingInFull, readBinding, unbindRole } from '../../../access/bindings.ts'
import { type Difference, differenceOf } from '../../../access/difference.ts'
import { readSubject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Form } from '../../parts/form.tsx'
import { Held, Loss } from '../../parts/permissions.tsx'
import { subjectOf } from '../../parts/subject.tsx'
import { Page } from '../../shell.tsx'
import { lengthOf } from '../../times.ts'
import { may, useVisit } from '../../visit.ts'
import { bindingParams } from './binding.tsx'
import { heldBy } from './choice.tsx'
import { backTo } from './new.tsx'

export const unbindForm = form({
  path: '/:tenant/iam/bindings/:id/delete',
  access: permit('BINDING:DELETE'),
  params: bindingParams,
  query: v.object({ back: v.optional(v.string()) }),
  fields: v.object({}),
  show: async ({ edge: { db }, principal, params: { tenant, id }, query, visit }) => {
    const found = await readBinding(db, tenant, id)
    if (!found.ok) return found.error
    const { binding, role } = found.value
    const subject = subjectOf(found.value)
    const type = subject.kind === 'GROUP' ? 'GROUP' : 'USER'
    const read = await readSubject(db, principal, tenant, type, subject.id)
    const isSuperadmin = read.ok && read.value.isSuperadmin
    const difference = may(visit, 'BINDING:LIST')
      ? differenceOf(
          { tenant, permissions: role.permissions, namespace: binding.namespace },
          (await heldBy(db, tenant, subject)).filter((one) => one.binding.id !== id),
          isSuperadmin,
        )
      : undefined
    return <Unbind bound={found.value} difference={difference} back={query.back} />
  },
  act: async ({ edge, principal, params: { tenant, id }, query, visit }) => {
    const found = await readBinding(edge.db, tenant, id)
    if (!found.ok) return found.error
    const { binding, role } = found.value
    const removed = await unbindRole(edge.db, principal, tenant, id)
    return removed.ok
      ? movedTo(
          backTo(visit, query.back),
          flash('role_taken', role.name, binding.namespace ?? '', subjectOf(found.value).name),
        )
      : removed.error
  },
})

interface Props {
  readonly bound: BindingInFull
  readonly difference: Difference | undefined
  readonly back: string | undefined
}

function Unbind({ bound, difference, back }: Props) {
  const visit = useVisit()
  const { binding, role } = bound
  const subject = subjectOf(bound)
  const to = backTo(visit, back)
  return (
    <Page
      title={`Remove ${role.name} from ${subject.name}?`}
      heading={
        <>
          Remove <bdi>{role.name}</bdi> from <bdi>{subject.name}</bdi>?
        </>
      }
      lead={
        <>
          It holds <Held namespace={binding.namespace} />. Writes with it stop at once, reads within{' '}
          {lengthOf(visit.maxStalenessMs)}.
        </>
      }
      crumbs={[[back === undefined ? 'Bindings' : subject.name, to]]}
    >
      {difference && (
        <section class="card" aria-label="What is lost">
          <div class="body">
            {subject.kind === 'GROUP' && (
              <p>Every member of the group loses what it holds by no other role. Of the group itself:</p>
            )}
            <Loss difference={difference} namespace={binding.namespace} />
          </div>
        </section>
      )}
      <Form submit="Remove role" isDangerous cancel={to} />
    </Page>
  )
}
