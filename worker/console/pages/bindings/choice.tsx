/** Choosing a role and where it is to hold, with a look at what that comes to before it is given. */

import type { Child } from 'hono/jsx'
import * as v from 'valibot'
import { NamespaceId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import type { ListQuery } from '../../../../shared/wire/list.ts'
import { type BindingInFull, listBindings, listBindingsOf } from '../../../access/bindings.ts'
import { mayGrantSomewhere } from '../../../access/decide.ts'
import { type Difference, differenceOf } from '../../../access/difference.ts'
import type { Principal } from '../../../access/principal.ts'
import { findRoles, listRoles, type RoleRow } from '../../../access/roles.ts'
import type { Subject } from '../../../accounts/subjects.ts'
import type { Edge } from '../../../edge.ts'
import { searchNamespaces } from '../../../tenancy/namespaces.ts'
import { optional } from '../../fields.ts'
import { consoleList, firstOf } from '../../list.ts'
import { Choices, Field, Form } from '../../parts/form.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Gain, summaryOf } from '../../parts/permissions.tsx'
import { Pager, Search } from '../../parts/table.tsx'
import { may, type Visit } from '../../visit.ts'

const list = consoleList([])

/** What an address may have chosen already. */
export const choiceQuery = v.pipe(
  v.record(v.string(), v.string()),
  v.transform((query) => ({
    /** Of those forms that need to be told to whom. */
    subject: query.subject,
    back: query.back,
    list: v.parse(list, query),
    role: query.role,
    namespace: v.is(NamespaceId, query.namespace) ? query.namespace : undefined,
  })),
)
type ChoiceQuery = v.InferOutput<typeof choiceQuery>

export const choiceFields = v.object({
  role: Id,
  namespace: optional(NamespaceId),
  /** Only to see what it would come to. */
  step: v.optional(v.literal('preview')),
})

export interface Choice {
  readonly list: ListQuery
  readonly total: number
  /** Roles that may be granted, the chosen one first. */
  readonly roles: readonly RoleRow[]
  readonly namespaces: readonly string[]
  readonly role: string | undefined
  readonly namespace: string | undefined
  /** Of a role that is chosen, to who may see what is held already. */
  readonly difference: Difference | undefined
}

/** @param except a binding that will be gone by then */
export async function readChoice(
  {
    edge: { db },
    principal,
    visit,
    query,
  }: { edge: Edge; principal: Principal; visit: Visit; query: ChoiceQuery },
  subject: Subject,
  except?: string,
): Promise<Choice> {
  const { tenant } = visit
  const [{ results, total }, chosen, namespaces] = await Promise.all([
    listRoles(db, tenant, query.list),
    findRoles(db, tenant, query.role === undefined ? [] : [query.role]),
    searchNamespaces(db, principal, tenant, { ...firstOf(100), existing: true }),
  ])
  const [role] = chosen
  const offered = [...chosen, ...results.filter(({ id }) => id !== role?.id)]
  const isSeen = role && may(visit, 'BINDING:LIST')
  const held = isSeen ? await heldBy(db, tenant, subject) : []
  return {
    list: query.list,
    total,
    roles: offered.filter(({ permissions }) => mayGrantSomewhere(principal, { tenant, permissions })),
    namespaces: namespaces.results.map(({ id }) => id),
    role: role?.id,
    namespace: query.namespace,
    difference: isSeen
      ? differenceOf(
          { tenant, permissions: role.permissions, namespace: query.namespace ?? null },
          held.filter(({ binding }) => binding.id !== except),
          subject.isSuperadmin,
        )
      : undefined,
  }
}

/** All that an account or group holds in a tenant. */
export async function heldBy(
  db: Edge['db'],
  tenant: string,
  { kind, id }: Pick<Subject, 'kind' | 'id'>,
): Promise<readonly BindingInFull[]> {
  if (kind !== 'GROUP') return listBindingsOf(db, tenant, id)
  const filters = [{ field: 'id', operator: 'EQUALS', value: id } as const]
  return (await listBindings(db, tenant, { ...firstOf(1000), filters })).results
}

export function ChooseRole({
  choice: { list, total, roles, namespaces, role, namespace, difference },
  submit,
  cancel,
  before,
}: {
  readonly choice: Choice
  readonly submit: string
  readonly cancel: string
  readonly before?: Child
}) {
  return (
    <>
      {before}
      {difference && (
        <Notice tone="info">
          <Gain difference={difference} namespace={namespace ?? null} />
        </Notice>
      )}
      <div class="toolbar">
        <Search label="Part of a role’s name" value={list.q} />
        {total > list.size && <Pager query={list} total={total} shown={Math.min(list.size, total)} />}
      </div>
      <Form
        submit={submit}
        cancel={cancel}
        isWide
        beside={
          <button class="button" name="step" value="preview">
            Preview
          </button>
        }
      >
        <Choices
          name="role"
          label="Role"
          isWide
          value={role}
          hint={
            roles.length === 0
              ? 'There is no such role that you may grant: nobody grants more than they hold.'
              : 'Shown are those that you may grant: nobody grants more than they hold.'
          }
          options={roles.map(({ id, name, permissions }) => ({
            value: id,
            label: name,
            hint: summaryOf(permissions),
          }))}
        />
        <Field
          name="namespace"
          label="Namespace"
          value={namespace}
          list="namespaces"
          maxLength={150}
          hint="It holds there and in all below. Left empty, it holds in the whole tenant."
        />
        <datalist id="namespaces">
          {namespaces.map((id) => (
            <option value={id} />
          ))}
        </datalist>
      </Form>
    </>
  )
}
