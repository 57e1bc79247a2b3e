/** Creating a user directly, with a password that is told to them by another way. */

import * as v from 'valibot'
import { Email, Label, Password, TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import { createUser } from '../../../accounts/users.ts'
import { superadmin } from '../../../http/route.ts'
import { type Group, listGroups } from '../../../storage/groups.ts'
import { optional, several, ticked } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { firstOf } from '../../list.ts'
import { form, movedTo } from '../../page.ts'
import { Checks, Field, Form, Switch } from '../../parts/form.tsx'
import { NewPassword } from '../../parts/new-password.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

export const createForm = form({
  path: '/:tenant/iam/users/new',
  access: superadmin,
  params: v.object({ tenant: TenantId }),
  fields: v.object({
    email: Email,
    firstName: optional(Label),
    lastName: optional(Label),
    password: optional(Password),
    groups: several(Id),
    superadmin: ticked,
  }),
  about: { email_taken: 'email' },
  show: async ({ edge, params: { tenant } }) => {
    const { results } = await listGroups(edge.db, tenant, firstOf(100))
    return <Create groups={results} />
  },
  act: async ({ edge, principal, params: { tenant }, visit }, { superadmin, ...values }) => {
    const created = await createUser(edge.db, edge.keys, principal, {
      ...values,
      tenants: [tenant],
      superAdmin: superadmin,
    })
    if (!created.ok) return created.error
    const { id, name } = created.value.account
    return movedTo(at(visit, 'iam', 'users', id), flash('user_created', name))
  },
})

function Create({ groups }: { readonly groups: readonly Group[] }) {
  const visit = useVisit()
  const list = at(visit, 'iam', 'users')
  return (
    <Page
      title="Create user"
      crumbs={[['Users', list]]}
      lead={
        may(visit, 'INVITATION:CREATE') && (
          <>
            An <a href={at(visit, 'iam', 'users', 'invite')}>invitation</a> lets people choose their own
            password.
          </>
        )
      }
    >
      <Form submit="Save" cancel={list}>
        <Field name="email" label="E-mail address" type="email" isRequired isFocused maxLength={254} />
        <Field name="firstName" label="First name" maxLength={500} />
        <Field name="lastName" label="Last name" maxLength={500} />
        <NewPassword isRequired={false} more="Left empty, they cannot sign in until one is set." />
        {groups.length > 0 && (
          <Checks
            name="groups"
            label="Groups"
            hint="They get what their roles give."
            options={groups.map(({ id, name, description }) => ({
              value: id,
              label: name,
              hint: description,
            }))}
          />
        )}
        <Switch
          name="superadmin"
          label="Superadmin"
          hint="Administers accounts, roles and settings of every tenant."
        />
      </Form>
    </Page>
  )
}
