/** What an account or a group holds: role by role, where, and by which way it came. */

import type { Child } from 'hono/jsx'
import type { BindingInFull } from '../../access/bindings.ts'
import type { Subject } from '../../accounts/subjects.ts'
import { at, may, useVisit, withQuery } from '../visit.ts'
import { Empty } from './empty.tsx'
import { Icon } from './icon.tsx'
import { summaryOf, Where } from './permissions.tsx'
import { subjectKey } from './subject.tsx'
import { Table } from './table.tsx'
import { Day } from './when.tsx'

interface Props {
  readonly subject: Pick<Subject, 'kind' | 'id' | 'name'>
  readonly held: readonly BindingInFull[]
  /** Where to come back to once something was added or removed. */
  readonly back: string
  /** What is said where there is nothing. */
  readonly children: Child
}

export function GrantsCard({ subject, held, back, children }: Props) {
  const visit = useVisit()
  const address = at(visit, 'iam', 'bindings', 'new')
  const add = may(visit, 'BINDING:CREATE') && (
    <a class="button small" href={withQuery(address, { subject: subjectKey(subject), back })}>
      <Icon name="plus" />
      Add role
    </a>
  )
  return (
    <section class="card" aria-labelledby="grants">
      <header>
        <h2 id="grants">Roles</h2>
        {add}
      </header>
      {held.length === 0 ? (
        <Empty icon="shield">{children}</Empty>
      ) : (
        <Grants subject={subject} held={held} back={back} />
      )}
    </section>
  )
}

function Grants({ subject, held, back }: Omit<Props, 'children'>) {
  const visit = useVisit()
  const isOwn = ({ group }: BindingInFull) => group === null || group.id === subject.id
  return (
    <Table
      caption="Roles"
      rows={held}
      columns={[
        {
          label: 'Role',
          show: ({ role }) => (
            <span class="two">
              {may(visit, 'ROLE:VIEW') ? (
                <a href={at(visit, 'iam', 'roles', role.id)}>
                  <bdi>{role.name}</bdi>
                </a>
              ) : (
                <bdi>{role.name}</bdi>
              )}
              <span>{summaryOf(role.permissions)}</span>
            </span>
          ),
        },
        { label: 'Where', show: ({ binding }) => <Where namespace={binding.namespace} /> },
        ...(held.some((one) => !isOwn(one))
          ? [
              {
                label: 'How',
                show: ({ group }: BindingInFull) =>
                  group === null ? (
                    'Directly'
                  ) : (
                    <span>
                      Group{' '}
                      <a class="chip" href={at(visit, 'iam', 'groups', group.id, 'access')}>
                        <bdi>{group.name}</bdi>
                      </a>
                    </span>
                  ),
              },
            ]
          : []),
        { label: 'Since', show: ({ binding }) => <Day at={binding.createdAt} /> },
        {
          label: 'Remove',
          isAbove: true,
          show: (row) =>
            may(visit, 'BINDING:DELETE') &&
            isOwn(row) && (
              <a
                class="button small"
                href={withQuery(at(visit, 'iam', 'bindings', row.binding.id, 'delete'), { back })}
                aria-label={`Remove ${row.role.name}`}
              >
                Remove
              </a>
            ),
        },
      ]}
    />
  )
}
