/** What a group is called. It decides nothing. */

import { type Group, readGroup, replaceGroup } from '../../../accounts/groups.ts'
import { permit } from '../../../http/route.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Form } from '../../parts/form.tsx'
import { at, useVisit } from '../../visit.ts'
import { GroupPage, groupParams } from './frame.tsx'
import { GroupFields, groupFields } from './new.tsx'

export const groupSettingsForm = form({
  path: '/:tenant/iam/groups/:id/settings',
  access: permit('GROUP:UPDATE'),
  params: groupParams,
  fields: groupFields,
  about: { group_name_taken: 'name' },
  show: async ({ edge, params: { tenant, id } }) => {
    const found = await readGroup(edge.db, tenant, id)
    return found.ok ? <Settings group={found.value} /> : found.error
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, fields) => {
    const replaced = await replaceGroup(edge.db, principal, tenant, id, fields)
    return replaced.ok ? movedTo(at(visit, 'iam', 'groups', id, 'settings'), flash('saved')) : replaced.error
  },
})

function Settings({ group }: { readonly group: Group }) {
  const visit = useVisit()
  return (
    <GroupPage group={group} tab="settings">
      <Form submit="Save" cancel={at(visit, 'iam', 'groups', group.id)}>
        <GroupFields name={group.name} description={group.description} />
      </Form>
    </GroupPage>
  )
}
