/** What is around every page about one role. */

import type { Child } from 'hono/jsx'
import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import type { RoleRow } from '../../../access/roles.ts'
import { Pill } from '../../parts/pill.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit, withQuery } from '../../visit.ts'

export const roleParams = v.object({ tenant: TenantId, id: Id })

export function RolePage({
  role,
  tab,
  children,
}: {
  readonly role: RoleRow
  readonly tab: 'permissions' | 'holders'
  readonly children?: Child
}) {
  const visit = useVisit()
  const to = (...parts: string[]) => at(visit, 'iam', 'roles', role.id, ...parts)
  const tabs = [
    { id: 'permissions', label: 'Permissions', href: to(), isOpen: may(visit, 'ROLE:VIEW') },
    { id: 'holders', label: 'Who has it', href: to('holders'), isOpen: may(visit, 'BINDING:LIST') },
  ]
  const label = tabs.find(({ id }) => id === tab)?.label ?? ''
  return (
    <Page
      title={`${label} · ${role.name}`}
      heading={<bdi>{role.name}</bdi>}
      lead={role.description && <bdi>{role.description}</bdi>}
      crumbs={[['Roles', at(visit, 'iam', 'roles')]]}
      emblem="shield"
      beside={
        <>
          {role.isManaged && <Pill tone="mute">Managed</Pill>}
          {role.isDefault && <Pill tone="info">Default</Pill>}
        </>
      }
      actions={
        <>
          {may(visit, 'ROLE:CREATE') && (
            <a class="button" href={withQuery(at(visit, 'iam', 'roles', 'new'), { copy: role.id })}>
              Copy to a new role
            </a>
          )}
          {!role.isManaged && may(visit, 'ROLE:UPDATE') && (
            <a class="button" href={to('edit')}>
              Edit
            </a>
          )}
          {!role.isManaged && may(visit, 'ROLE:DELETE') && (
            <a class="button" href={to('delete')}>
              Delete
            </a>
          )}
        </>
      }
    >
      <nav class="tabs" aria-label={role.name}>
        {tabs
          .filter(({ isOpen }) => isOpen)
          .map(({ id, label, href }) => (
            <a href={href} aria-current={id === tab ? 'page' : undefined}>
              {label}
            </a>
          ))}
      </nav>
      {children}
    </Page>
  )
}
