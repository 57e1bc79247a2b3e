/** What is around every page about one service account: who it is, what can be done with it, its tabs. */

import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import type { ServiceAccountInFull } from '../../../accounts/service-accounts.ts'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'
import type { FrameProps, Tab } from '../account/place.ts'

export const accountParams = v.object({ tenant: TenantId, id: Id })

const TABS = [
  ['tokens', 'API tokens'],
  ['federation', 'Keyless'],
  ['access', 'Access'],
  ['groups', 'Groups'],
  ['audit', 'Activity'],
  ['settings', 'Settings'],
] as const satisfies readonly (readonly [Tab, string])[]

export function AccountPage({
  found: { account },
  tab,
  deed,
  children,
}: FrameProps<Pick<ServiceAccountInFull, 'account'>>) {
  const visit = useVisit()
  const isMasked = visit.principal?.impersonator !== undefined
  const list = at(visit, 'iam', 'service-accounts')
  const to = (...parts: string[]) => at(visit, 'iam', 'service-accounts', account.id, ...parts)
  const label = TABS.find(([id]) => id === tab)?.[1] ?? ''
  return (
    <Page
      title={`${deed ?? label} · ${account.name}`}
      heading={<bdi>{account.name}</bdi>}
      lead={account.description && <bdi>{account.description}</bdi>}
      crumbs={[['Service accounts', list]]}
      emblem="bot"
      beside={
        <>
          {account.disabledAt !== null && <Pill tone="mute">Disabled</Pill>}
          {account.isSuperadmin && <Pill tone="info">Superadmin</Pill>}
        </>
      }
      actions={
        <>
          {visit.principal?.isSuperadmin && !isMasked && account.disabledAt === null && (
            <a class="button" href={to('impersonate')}>
              <Icon name="eye" />
              Impersonate
            </a>
          )}
          {may(visit, 'SERVICE_ACCOUNT:UPDATE') && !isMasked && (
            <a class="button" href={to('tokens', 'new')}>
              <Icon name="plus" />
              Create API token
            </a>
          )}
          <Menu
            about={account.name}
            items={[
              may(visit, 'SERVICE_ACCOUNT:UPDATE') && { label: 'Settings', href: to('settings') },
              visit.principal?.isSuperadmin === true && {
                label: account.disabledAt === null ? 'Disable' : 'Enable',
                href: to(account.disabledAt === null ? 'disable' : 'enable'),
              },
              may(visit, 'SERVICE_ACCOUNT:DELETE') && {
                label: 'Delete',
                href: to('delete'),
                isDangerous: true,
              },
            ]}
          />
        </>
      }
    >
      <nav class="tabs" aria-label={account.name}>
        {TABS.map(([id, text]) => (
          <a href={id === 'tokens' ? to() : to(id)} aria-current={id === tab ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      {children}
    </Page>
  )
}
