/** Creating a service account: a name, a description, groups. Roles and tokens follow on its own page. */

import * as v from 'valibot'
import { DnsName, Label, TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import { createServiceAccount } from '../../../accounts/service-accounts.ts'
import { permit } from '../../../http/route.ts'
import { type Group, listGroups } from '../../../storage/groups.ts'
import { optional, several } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { firstOf } from '../../list.ts'
import { form, movedTo } from '../../page.ts'
import { Checks, Field, Form } from '../../parts/form.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

export const createForm = form({
  path: '/:tenant/iam/service-accounts/new',
  access: permit('SERVICE_ACCOUNT:CREATE'),
  params: v.object({ tenant: TenantId }),
  fields: v.object({ name: DnsName, description: optional(Label), groups: several(Id) }),
  show: async ({ edge, params: { tenant }, visit }) => {
    const { results } = may(visit, 'GROUP:LIST')
      ? await listGroups(edge.db, tenant, firstOf(100))
      : { results: [] }
    return <Create groups={results} />
  },
  act: async ({ edge, principal, params: { tenant }, visit }, { name, description, groups }) => {
    const created = await createServiceAccount(
      edge.db,
      principal,
      { name, description },
      { tenant, groupIds: groups },
    )
    return created.ok
      ? movedTo(
          at(visit, 'iam', 'service-accounts', created.value.account.id),
          flash('service_account_created', name),
        )
      : created.error
  },
})

function Create({ groups }: { readonly groups: readonly Group[] }) {
  const visit = useVisit()
  const list = at(visit, 'iam', 'service-accounts')
  const wrong = String(visit.attempt?.values.name ?? '')
  return (
    <Page title="Create service account" crumbs={[['Service accounts', list]]}>
      <Form submit="Save" cancel={list}>
        <Field
          name="name"
          label="Name"
          isRequired
          isFocused
          pattern="[a-z0-9](?:-?[a-z0-9])*"
          maxLength={63}
          title="Lower-case letters, digits and single hyphens, with a letter or digit at both ends"
          hint={
            wrong !== '' && suggestionFor(wrong) !== wrong && suggestionFor(wrong) !== ''
              ? `Try ${suggestionFor(wrong)}.`
              : 'At most 63 lower-case letters, digits and hyphens, with a letter or digit at both ends.'
          }
        />
        <Field
          name="description"
          label="Description"
          maxLength={500}
          hint="What it does, and who looks after it."
        />
        {groups.length > 0 && (
          <Checks
            name="groups"
            label="Groups"
            hint="It gets what their roles give."
            options={groups.map(({ id, name, description }) => ({
              value: id,
              label: name,
              hint: description,
            }))}
          />
        )}
      </Form>
    </Page>
  )
}

/** The nearest name that would do: `MY_SERVICE_ACCOUNT` gives `my-service-account`. */
export const suggestionFor = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
