/** What is around every page about one group. */

import type { Child } from 'hono/jsx'
import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import type { Group } from '../../../accounts/groups.ts'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

export const groupParams = v.object({ tenant: TenantId, id: Id })

type Tab = 'members' | 'access' | 'settings'

interface Props {
  readonly group: Group
  readonly tab: Tab
  readonly actions?: Child
  readonly children?: Child
}

export function GroupPage({ group, tab, actions, children }: Props) {
  const visit = useVisit()
  const to = (...parts: string[]) => at(visit, 'iam', 'groups', group.id, ...parts)
  const tabs: ReadonlyArray<readonly [Tab, string, string, boolean]> = [
    // Whoever reads this page may read that one, be it as an owner of the group.
    ['members', 'Members', to(), tab === 'members' || may(visit, 'GROUP:VIEW')],
    ['access', 'Access', to('access'), may(visit, 'BINDING:LIST') && may(visit, 'GROUP:VIEW')],
    ['settings', 'Settings', to('settings'), may(visit, 'GROUP:UPDATE')],
  ]
  const label = tabs.find(([id]) => id === tab)?.[1] ?? ''
  return (
    <Page
      title={`${label} · ${group.name}`}
      heading={<bdi>{group.name}</bdi>}
      lead={group.description && <bdi>{group.description}</bdi>}
      crumbs={[['Groups', at(visit, 'iam', 'groups')]]}
      emblem="users"
      actions={
        <>
          {actions}
          {may(visit, 'GROUP:DELETE') && (
            <a class="button" href={to('delete')}>
              Delete
            </a>
          )}
        </>
      }
    >
      <nav class="tabs" aria-label={group.name}>
        {tabs
          .filter(([, , , isOpen]) => isOpen)
          .map(([id, text, href]) => (
            <a href={href} aria-current={id === tab ? 'page' : undefined}>
              {text}
            </a>
          ))}
      </nav>
      {children}
    </Page>
  )
}
