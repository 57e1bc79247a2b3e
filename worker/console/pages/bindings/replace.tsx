/** A binding in the place of another: the old one goes in the same moment as the new one comes. */

import { type BindingInFull, readBinding, replaceBinding } from '../../../access/bindings.ts'
import { readSubject } from '../../../accounts/subjects.ts'
import { permit } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Held } from '../../parts/permissions.tsx'
import { subjectOf } from '../../parts/subject.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit, withQuery } from '../../visit.ts'
import { bindingParams } from './binding.tsx'
import { type Choice, ChooseRole, choiceFields, choiceQuery, readChoice } from './choice.tsx'

export const replaceForm = form({
  path: '/:tenant/iam/bindings/:id/replace',
  access: permit('BINDING:CREATE'),
  params: bindingParams,
  query: choiceQuery,
  fields: choiceFields,
  about: { grant_exceeds_own: 'role' },
  show: async (call) => {
    const { edge, principal, params, query, visit } = call
    if (!may(visit, 'BINDING:DELETE')) return { code: 'permission_missing', permission: 'BINDING:DELETE' }
    const found = await readBinding(edge.db, params.tenant, params.id)
    if (!found.ok) return found.error
    const { kind, id } = subjectOf(found.value)
    const type = kind === 'GROUP' ? 'GROUP' : 'USER'
    const subject = await readSubject(edge.db, principal, params.tenant, type, id)
    if (!subject.ok) return subject.error
    const { role, binding } = found.value
    const asked = query.role === undefined ? { role: role.id, namespace: binding.namespace ?? undefined } : {}
    const choice = await readChoice({ ...call, query: { ...query, ...asked } }, subject.value, binding.id)
    return <Replace bound={found.value} choice={choice} />
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, { role, namespace, step }) => {
    if (!may(visit, 'BINDING:DELETE')) return { code: 'permission_missing', permission: 'BINDING:DELETE' }
    if (step === 'preview') return movedTo(withQuery(visit.path, { role, namespace }))
    const found = await readBinding(edge.db, tenant, id)
    if (!found.ok) return found.error
    const subject = subjectOf(found.value)
    const replaced = await replaceBinding(edge.db, principal, tenant, id, {
      type: subject.kind === 'GROUP' ? 'GROUP' : 'USER',
      externalId: subject.id,
      roleId: role,
      namespaceId: namespace,
    })
    return replaced.ok
      ? movedTo(
          at(visit, 'iam', 'bindings', replaced.value.binding.id),
          flash('role_granted', replaced.value.role.name, namespace ?? ''),
        )
      : replaced.error
  },
})

function Replace({ bound, choice }: { readonly bound: BindingInFull; readonly choice: Choice }) {
  const visit = useVisit()
  const { binding, role } = bound
  const { name } = subjectOf(bound)
  const own = at(visit, 'iam', 'bindings', binding.id)
  return (
    <Page
      title={`Delete and create a changed copy · ${name}`}
      heading="Delete and create a changed copy"
      lead={
        <>
          <bdi>{name}</bdi> holds <bdi>{role.name}</bdi> <Held namespace={binding.namespace} />. That ends as
          the new one begins.
        </>
      }
      crumbs={[
        ['Bindings', at(visit, 'iam', 'bindings')],
        [role.name, own],
      ]}
    >
      <ChooseRole choice={choice} submit="Delete and create" cancel={own} />
    </Page>
  )
}
