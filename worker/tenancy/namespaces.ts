/** Namespaces of a tenant, shown to each as far as their permission reaches. Files in them are not told of here. */

import { err, ok, type Result } from '../../shared/result.ts'
import { type Attributes, attributesOf } from '../../shared/wire/attributes.ts'
import type { Page } from '../../shared/wire/common.ts'
import type {
  AutocompleteNamespaces,
  CreateNamespace,
  ReplaceNamespace,
} from '../../shared/wire/namespace.ts'
import { placesOf } from '../access/decide.ts'
import { namespaceAndAbove, WHOLE_TENANT } from '../access/grants.ts'
import type { Principal } from '../access/principal.ts'
import { type Deed, record } from '../audit/record.ts'
import { type Database, write, writeOrThrow } from '../storage/database.ts'
import {
  deleteNamespace,
  findNamespaces,
  insertNamespace,
  listNamespaces,
  type Namespace,
  type NamespaceQuery,
  type NamespaceRow,
  namespaceFields,
  SYSTEM,
  upsertNamespace,
} from '../storage/namespaces.ts'
import type { TenancyError } from './errors.ts'

export { type NamespaceRow, namespaceFields }

/** More would not fit anybody's screen. */
const MAX_SUGGESTIONS = 1_000

export async function createNamespace(
  db: Database,
  principal: Principal,
  tenant: string,
  request: CreateNamespace,
): Promise<Result<Namespace, TenancyError>> {
  const namespace = toRow(principal, tenant, request.id, request)
  const written = await write(db, [
    insertNamespace(db, namespace),
    ...record(db, principal, deedOn('CREATE', namespace)),
  ])
  return written.ok ? ok(namespace) : err({ code: 'namespace_taken' })
}

/** `system` is there even if nobody created it. */
export async function readNamespace(
  db: Database,
  tenant: string,
  id: string,
): Promise<Result<Namespace, TenancyError>> {
  const [found] = await findNamespaces(db, tenant, [id])
  if (found) return ok(found)
  return id === SYSTEM
    ? ok({ tenantId: tenant, id, attributes: {}, createdAt: 0 })
    : err({ code: 'not_found', what: 'namespace', id })
}

/** What the request leaves out is gone. */
export async function replaceNamespace(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
  request: ReplaceNamespace,
): Promise<Result<Namespace, TenancyError>> {
  const found = await readNamespace(db, tenant, id)
  if (!found.ok) return found
  const after = { ...toRow(principal, tenant, id, request), createdAt: found.value.createdAt }
  await writeOrThrow(db, [
    upsertNamespace(db, after),
    ...record(db, principal, { ...deedOn('UPDATE', after), before: stateOf(found.value) }),
  ])
  return ok(after)
}

/** Its files stay, and so do bindings in it: both may be in a namespace that nobody created. */
export async function removeNamespace(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
): Promise<Result<void, TenancyError>> {
  const found = await readNamespace(db, tenant, id)
  if (!found.ok) return found
  await writeOrThrow(db, [
    deleteNamespace(db, tenant, id),
    ...record(db, principal, deedOn('DELETE', found.value)),
  ])
  return ok(undefined)
}

export async function searchNamespaces(
  db: Database,
  principal: Principal,
  tenant: string,
  query: NamespaceQuery,
): Promise<Page<NamespaceRow>> {
  const existing =
    query.existing || query.filters.some(({ field, value }) => field === 'existingOnly' && value === 'true')
  return listNamespaces(db, tenant, { ...query, existing, ...placesToList(principal, tenant) })
}

export async function suggestNamespaces(
  db: Database,
  principal: Principal,
  tenant: string,
  { q, ids, existingOnly }: AutocompleteNamespaces,
): Promise<string[]> {
  const page = await listNamespaces(db, tenant, {
    page: 1,
    size: MAX_SUGGESTIONS,
    sort: [],
    filters: [],
    q: q || undefined,
    ids: ids ?? undefined,
    existing: existingOnly ?? false,
    ...placesToList(principal, tenant),
  })
  return page.results.map(({ id }) => id)
}

/** The nearest namespace has the last word; objects are merged member by member. */
export async function inheritedVariables(db: Database, tenant: string, id: string): Promise<Attributes> {
  const above = namespaceAndAbove(id).slice(1).reverse()
  const byId = new Map((await findNamespaces(db, tenant, above)).map((one) => [one.id, one.attributes]))
  return above.reduce<Attributes>((merged, one) => merge(merged, byId.get(one)?.variables), {})
}

function merge(above: Attributes, below: unknown): Attributes {
  if (!isObject(below)) return above
  const merged = new Map(Object.entries(above))
  for (const [name, value] of Object.entries(below)) {
    const inherited = merged.get(name)
    merged.set(name, isObject(value) && isObject(inherited) ? merge(inherited, value) : value)
  }
  return Object.fromEntries(merged)
}

const isObject = (value: unknown): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function placesToList(principal: Principal, tenant: string): Pick<NamespaceQuery, 'within'> {
  const places = placesOf(principal, tenant, 'NAMESPACE:LIST')
  return { within: places.includes(WHOLE_TENANT) ? undefined : places }
}

function toRow(
  principal: Principal,
  tenantId: string,
  id: string,
  request: CreateNamespace | ReplaceNamespace,
): Namespace {
  return { tenantId, id, attributes: attributesOf(request, ['id', 'deleted']), createdAt: principal.now }
}

const deedOn = (type: 'CREATE' | 'UPDATE' | 'DELETE', namespace: Namespace): Deed => ({
  type,
  resource: 'NAMESPACE',
  id: namespace.id,
  tenant: namespace.tenantId,
  namespace: namespace.id,
  [type === 'DELETE' ? 'before' : 'after']: stateOf(namespace),
})

const stateOf = ({ id, attributes }: Namespace) => ({ ...attributes, id })
