/** What is around every page about oneself. */

import { displayNameOf } from '../../../accounts/display-name.ts'
import { Pill } from '../../parts/pill.tsx'
import { Page } from '../../shell.tsx'
import { useVisit } from '../../visit.ts'
import type { FrameProps } from '../account/place.ts'

const TABS = [
  ['profile', 'Profile'],
  ['tokens', 'API tokens'],
] as const

export function MePage({ found: { account }, tab, deed, children }: FrameProps) {
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
