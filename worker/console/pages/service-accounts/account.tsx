/** What is around every page about one service account: who it is, what can be done with it, its tabs. */

import type { Child } from 'hono/jsx'
import * as v from 'valibot'
import { TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import type { ServiceAccountInFull } from '../../../accounts/service-accounts.ts'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

export const accountParams = v.object({ tenant: TenantId, id: Id })

const TABS = [
  ['tokens', 'API tokens'],
  ['federation', 'Keyless'],
  ['access', 'Access'],
  ['groups', 'Groups'],
  ['audit', 'Activity'],
  ['settings', 'Settings'],
] as const

export type Tab = (typeof TABS)[number][0]

interface Props {
  readonly found: ServiceAccountInFull
  readonly tab: Tab
  /** What is done here, where that is more than to look: it goes before the account's name in the title. */
  readonly deed?: string
  readonly children?: Child
}

export function AccountPage({ found: { account }, tab, deed, children }: Props) {
  const visit = useVisit()
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
          {(visit.principal?.isSuperadmin || may(visit, 'USER:IMPERSONATE')) &&
            !visit.principal?.impersonator && (
              <a class="button" href={to('impersonate')}>
                <Icon name="eye" />
                Impersonate
              </a>
            )}
          {may(visit, 'SERVICE_ACCOUNT:UPDATE') && (
            <a class="button" href={to('tokens', 'new')}>
              <Icon name="plus" />
              Create API token
            </a>
          )}
          <Menu
            about={account.name}
            items={[
              may(visit, 'SERVICE_ACCOUNT:UPDATE') && { label: 'Settings', href: to('settings') },
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
