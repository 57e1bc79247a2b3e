/** What is around every page about oneself. */

import type { Child } from 'hono/jsx'
import { displayNameOf } from '../../../accounts/display-name.ts'
import type { Account } from '../../../storage/accounts.ts'
import { Pill } from '../../parts/pill.tsx'
import { Page } from '../../shell.tsx'
import { useVisit } from '../../visit.ts'

const TABS = [
  ['profile', 'Profile'],
  ['tokens', 'API tokens'],
] as const

interface Props {
  readonly found: { readonly account: Account }
  readonly tab: (typeof TABS)[number][0]
  /** What is done here, where that is more than to look. */
  readonly deed?: string
  readonly children?: Child
}

export function MePage({ found: { account }, tab, deed, children }: Props) {
  const { base } = useVisit()
  const name = displayNameOf(account)
  const label = TABS.find(([id]) => id === tab)?.[1] ?? ''
  return (
    <Page
      title={deed ?? label}
      heading={<bdi>{name}</bdi>}
      lead={name !== account.name && <bdi>{account.name}</bdi>}
      emblem="user"
      beside={account.isSuperadmin && <Pill tone="info">Superadmin</Pill>}
      actions={
        <a class="button" href={`${base}/me/password`}>
          Change password
        </a>
      }
    >
      <nav class="tabs" aria-label={name}>
        {TABS.map(([id, text]) => (
          <a
            href={id === 'profile' ? `${base}/me` : `${base}/me/${id}`}
            aria-current={id === tab ? 'page' : undefined}
          >
            {text}
          </a>
        ))}
      </nav>
      {children}
    </Page>
  )
}
