/** The namespaces of a tenant that the reader may see. */

import * as v from 'valibot'
import { NamespaceId, TenantId } from '../../../../shared/names.ts'
import type { Page as ListPage } from '../../../../shared/wire/common.ts'
import { permit } from '../../../http/route.ts'
import {
  createNamespace,
  type NamespaceRow,
  namespaceFields,
  searchNamespaces,
} from '../../../tenancy/namespaces.ts'
import { flash } from '../../flash.ts'
import { type ConsoleList, consoleList } from '../../list.ts'
import { form, movedTo, page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { Field, Form } from '../../parts/form.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Pager, Search, Table } from '../../parts/table.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

const params = v.object({ tenant: TenantId })

export const namespacesPage = page({
  path: '/:tenant/namespaces',
  access: permit('NAMESPACE:LIST', { where: 'anywhere' }),
  params,
  query: consoleList(namespaceFields),
  show: async ({ edge, principal, params: { tenant }, query }) => {
    const found = await searchNamespaces(edge.db, principal, tenant, { ...query, existing: false })
    return <Namespaces found={found} query={query} />
  },
})

export const newNamespaceForm = form({
  path: '/:tenant/namespaces/new',
  access: permit('NAMESPACE:CREATE', { where: 'anywhere' }),
  params,
  fields: v.object({ id: NamespaceId }),
  about: { namespace_taken: 'id' },
  show: async () => <NewNamespace />,
  act: async ({ edge, principal, params: { tenant }, visit }, { id }) => {
    if (!may(visit, 'NAMESPACE:CREATE', id)) {
      return { code: 'permission_missing', permission: 'NAMESPACE:CREATE', namespace: id }
    }
    const created = await createNamespace(edge.db, principal, tenant, { id })
    return created.ok ? movedTo(at(visit, 'namespaces', id), flash('namespace_created', id)) : created.error
  },
})

function Namespaces({
  found: { results, total },
  query,
}: {
  readonly found: ListPage<NamespaceRow>
  readonly query: ConsoleList
}) {
  const visit = useVisit()
  return (
    <Page
      title="Namespaces"
      lead="Those that somebody created, and those that hold files. What is granted in one holds in all below it."
      actions={
        <a class="button primary" href={at(visit, 'namespaces', 'new')} data-key="c">
          <Icon name="plus" />
          Create
        </a>
      }
    >
      <Search label="Part of a namespace" value={query.q} />
      <section class="card">
        {results.length === 0 ? (
          <Empty icon="folder">
            {query.q === undefined
              ? 'There is none yet. A namespace comes into being with its first file, or when somebody creates it.'
              : 'No namespace holds this text.'}
          </Empty>
        ) : (
          <Table
            caption="Namespaces"
            rows={results}
            query={query}
            columns={[
              {
                label: 'Namespace',
                sort: 'id',
                show: ({ id }) => (
                  <a class="row mono" href={at(visit, 'namespaces', id)}>
                    {id}
                  </a>
                ),
              },
              {
                label: 'Description',
                show: ({ attributes }) =>
                  typeof attributes.description === 'string' && (
                    <bdi>{attributes.description.slice(0, 200)}</bdi>
                  ),
              },
            ]}
          />
        )}
        <Pager query={query} total={total} shown={results.length} />
      </section>
    </Page>
  )
}

function NewNamespace() {
  const visit = useVisit()
  const list = at(visit, 'namespaces')
  return (
    <Page title="Create namespace" crumbs={[['Namespaces', list]]}>
      <Form submit="Save" cancel={list}>
        <Field
          name="id"
          label="Namespace"
          isRequired
          isFocused
          maxLength={150}
          pattern="[a-z0-9][a-z0-9._\-]*"
          title="Lower-case letters, digits, dots, hyphens and underscores"
          hint="Dots nest: company.team lies in company."
        />
      </Form>
    </Page>
  )
}
