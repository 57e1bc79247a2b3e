/** Creating a group: a name and a description. Members and roles follow on its own page. */

import * as v from 'valibot'
import { Label, TenantId } from '../../../../shared/names.ts'
import { WriteGroup } from '../../../../shared/wire/group.ts'
import { createGroup } from '../../../accounts/groups.ts'
import { permit } from '../../../http/route.ts'
import { optional } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Field, Form } from '../../parts/form.tsx'
import { Page } from '../../shell.tsx'
import { at, useVisit } from '../../visit.ts'

/** Of both the new group's form and the settings of one that is there. */
export const groupFields = v.object({ name: WriteGroup.entries.name, description: optional(Label) })

export const createGroupForm = form({
  path: '/:tenant/iam/groups/new',
  access: permit('GROUP:CREATE'),
  params: v.object({ tenant: TenantId }),
  fields: groupFields,
  about: { group_name_taken: 'name' },
  show: async () => <Create />,
  act: async ({ edge, principal, params: { tenant }, visit }, { name, description }) => {
    const created = await createGroup(edge.db, principal, tenant, { name, description })
    return created.ok
      ? movedTo(at(visit, 'iam', 'groups', created.value.id), flash('group_created', name))
      : created.error
  },
})

function Create() {
  const list = at(useVisit(), 'iam', 'groups')
  return (
    <Page title="Create group" crumbs={[['Groups', list]]}>
      <Form submit="Save" cancel={list}>
        <GroupFields name="" description={null} />
      </Form>
    </Page>
  )
}

export function GroupFields({
  name,
  description,
}: {
  readonly name: string
  readonly description: string | null
}) {
  return (
    <>
      <Field name="name" label="Name" value={name} isRequired isFocused={name === ''} maxLength={500} />
      <Field
        name="description"
        label="Description"
        value={description ?? ''}
        maxLength={500}
        hint="Who is in it, and who looks after it."
      />
    </>
  )
}
