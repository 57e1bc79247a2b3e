/** What is around every page about one user: who it is, what can be done with them, their tabs. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import { displayNameOf } from '../../../accounts/display-name.ts'
import type { UserSeen } from '../../../accounts/tenant-users.ts'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit, type Visit } from '../../visit.ts'
import type { FrameProps, Tab } from '../account/place.ts'

export const userParams = v.object({ tenant: TenantId, id: Id })

const isAdministrator = ({ principal }: Visit): boolean => principal?.isSuperadmin === true

/** In the order in which they stand, each with who may look at it. */
const TABS = [
  ['profile', 'Profile', () => true],
  ['tokens', 'API tokens', isAdministrator],
  ['access', 'Access', () => true],
  ['groups', 'Groups', () => true],
  ['audit', 'Activity', (visit: Visit) => may(visit, 'AUDITLOG:LIST')],
  ['settings', 'Settings', isAdministrator],
] as const satisfies readonly (readonly [Tab, string, (visit: Visit) => boolean])[]

export function UserPage({ found: { account, isMember }, tab, deed, children }: FrameProps<UserSeen>) {
  const visit = useVisit()
  const to = (...parts: string[]) => at(visit, 'iam', 'users', account.id, ...parts)
  const name = displayNameOf(account)
  const label = TABS.find(([id]) => id === tab)?.[1] ?? ''
  const isOwn = visit.principal?.accountId === account.id
  return (
    <Page
      title={`${deed ?? label} · ${name}`}
      heading={<bdi>{name}</bdi>}
      lead={name !== account.name && <bdi>{account.name}</bdi>}
      crumbs={[['Users', at(visit, 'iam', 'users')]]}
      emblem="user"
      beside={
        <>
          {account.disabledAt !== null && <Pill tone="mute">Disabled</Pill>}
          {account.isSuperadmin && <Pill tone="info">Superadmin</Pill>}
        </>
      }
      actions={
        <>
          {isAdministrator(visit) &&
            !visit.principal?.impersonator &&
            account.disabledAt === null &&
            !isOwn && (
              <a class="button" href={to('impersonate')}>
                <Icon name="eye" />
                Impersonate
              </a>
            )}
          <Menu
            about={name}
            items={[
              isAdministrator(visit) && { label: 'Set password', href: to('password') },
              isAdministrator(visit) && {
                label: account.disabledAt === null ? 'Disable' : 'Enable',
                href: to(account.disabledAt === null ? 'disable' : 'enable'),
              },
              isMember &&
                may(visit, 'USER:DELETE') && {
                  label: `Remove from ${visit.tenant}`,
                  href: to('remove'),
                  isDangerous: true,
                },
              isAdministrator(visit) && { label: 'Delete', href: to('delete'), isDangerous: true },
            ]}
          />
        </>
      }
    >
      {!isMember && (
        <Notice tone="info">
          Does not belong to {visit.tenant}.{' '}
          <a href={at(visit, 'iam', 'users', 'invite')}>Let them in by an invitation.</a>
        </Notice>
      )}
      <nav class="tabs" aria-label={name}>
        {TABS.filter(([, , isOpen]) => isOpen(visit)).map(([id, text]) => (
          <a href={id === 'profile' ? to() : to(id)} aria-current={id === tab ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      {children}
    </Page>
  )
}
