/** Tenants: listed, created, renamed, deleted. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { CreateTenant } from '../../../../shared/wire/tenant.ts'
import { superadmin } from '../../../http/route.ts'
import {
  createTenant,
  listTenants,
  readTenant,
  removeTenant,
  replaceTenant,
  type TenantRow,
  tenantFields,
} from '../../../tenancy/tenants.ts'
import { notTyped, typed } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { form, movedTo, page } from '../../page.ts'
import { Field, Form, TypedName } from '../../parts/form.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Pager, Search, Table } from '../../parts/table.tsx'
import { Day } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { useVisit, type Visit } from '../../visit.ts'

const params = v.object({ id: TenantId })
const Name = CreateTenant.entries.name
const listOf = ({ base }: Visit) => `${base}/settings/tenants`
const crumbsOf = (visit: Visit) =>
  [
    ['Settings', `${visit.base}/settings`],
    ['Tenants', listOf(visit)],
  ] as const

export const tenantPages = [
  page({
    path: '/settings/tenants',
    access: superadmin,
    query: consoleList(tenantFields),
    show: async ({ edge, query }) => <Tenants found={await listTenants(edge.db, query)} query={query} />,
  }),
  form({
    path: '/settings/tenants/new',
    access: superadmin,
    fields: v.object({ id: TenantId, name: Name }),
    about: { tenant_taken: 'id' },
    show: async () => <NewTenant />,
    act: async ({ edge, principal, visit }, values) => {
      const created = await createTenant(edge.db, principal, { ...values, concurrency: undefined })
      return created.ok ? movedTo(listOf(visit), flash('tenant_created', values.name)) : created.error
    },
  }),
  form({
    path: '/settings/tenants/:id',
    access: superadmin,
    params,
    fields: v.object({ name: Name }),
    show: async ({ edge, params: { id } }) => {
      const found = await readTenant(edge.db, id)
      return found.ok ? <TenantPage tenant={found.value} /> : found.error
    },
    act: async ({ edge, principal, params: { id }, visit }, { name }) => {
      const found = await readTenant(edge.db, id)
      if (!found.ok) return found.error
      // What Kestra's clients keep with a tenant stays.
      const replaced = await replaceTenant(edge.db, principal, id, { ...found.value.attributes, name })
      return replaced.ok ? movedTo(listOf(visit), flash('saved')) : replaced.error
    },
  }),
  form({
    path: '/settings/tenants/:id/delete',
    access: superadmin,
    params,
    fields: v.object({ typed }),
    show: async ({ edge, params: { id } }) => {
      const found = await readTenant(edge.db, id)
      return found.ok ? <DeleteTenant tenant={found.value} /> : found.error
    },
    act: async ({ edge, principal, params: { id }, visit }, values) => {
      if (values.typed !== id) return notTyped(`must be ${id}`)
      const removed = await removeTenant(edge.db, principal, id)
      return removed.ok ? movedTo(listOf(visit), flash('tenant_deleted', id)) : removed.error
    },
  }),
]

function Tenants({
  found: { results, total },
  query,
}: {
  readonly found: ListPage<TenantRow>
  readonly query: ConsoleList
}) {
  const visit = useVisit()
  return (
    <Page
      title="Tenants"
      lead="Each has accounts, groups, roles, namespaces and files of its own."
      crumbs={[['Settings', `${visit.base}/settings`]]}
      actions={
        <a class="button primary" href={`${listOf(visit)}/new`} data-key="c">
          <Icon name="plus" />
          Create
        </a>
      }
    >
      <Search label="Id or name" value={query.q} />
      <section class="card">
        <Table
          caption="Tenants"
          rows={results}
          query={query}
          columns={[
            {
              label: 'Id',
              sort: 'id',
              show: ({ id }) => (
                <a class="row mono" href={`${listOf(visit)}/${encodeURIComponent(id)}`}>
                  {id}
                </a>
              ),
            },
            { label: 'Name', sort: 'name', show: ({ name }) => <bdi>{name}</bdi> },
            { label: 'Created', show: ({ createdAt }) => <Day at={createdAt} /> },
          ]}
        />
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </Page>
  )
}

function NewTenant() {
  const visit = useVisit()
  return (
    <Page title="Create tenant" crumbs={crumbsOf(visit)} lead="You become its administrator.">
      <Form submit="Save" cancel={listOf(visit)}>
        <Field
          name="id"
          label="Id"
          isRequired
          isFocused
          maxLength={63}
          pattern="[a-z0-9][a-z0-9_\-]*"
          title="Lower-case letters, digits, hyphens and underscores"
          hint="Part of every address of the tenant. It cannot be changed."
        />
        <Field name="name" label="Name" isRequired maxLength={500} />
      </Form>
    </Page>
  )
}

function TenantPage({ tenant: { id, name } }: { readonly tenant: TenantRow }) {
  const visit = useVisit()
  return (
    <Page
      title={`${id} · Tenants`}
      heading={id}
      crumbs={crumbsOf(visit)}
      actions={
        <a class="button" href={`${listOf(visit)}/${encodeURIComponent(id)}/delete`}>
          Delete
        </a>
      }
    >
      <Form submit="Save" cancel={listOf(visit)}>
        <Field name="name" label="Name" isRequired maxLength={500} value={name} />
      </Form>
    </Page>
  )
}

function DeleteTenant({ tenant: { id } }: { readonly tenant: TenantRow }) {
  const visit = useVisit()
  const own = `${listOf(visit)}/${encodeURIComponent(id)}`
  return (
    <Page title={`Delete tenant · ${id}`} heading={`Delete ${id}?`} crumbs={[...crumbsOf(visit), [id, own]]}>
      <Notice tone="bad">
        Its roles, bindings, groups and namespaces go with it: whoever worked there works there no more, at
        once. Accounts and their tokens stay. It is refused while there are files in the tenant.
      </Notice>
      <Form submit="Delete tenant" isDangerous cancel={own}>
        <TypedName wanted={id} what="id" />
      </Form>
    </Page>
  )
}
