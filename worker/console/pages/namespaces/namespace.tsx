/** What is around the pages of one namespace: its name and its tabs. */

import type { Child } from 'hono/jsx'
import * as v from 'valibot'
import { NamespaceId, TenantId } from '../../../../shared/names.ts'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

export const namespaceParams = v.object({ tenant: TenantId, namespace: NamespaceId })

interface Props {
  readonly namespace: string
  readonly tab: 'files' | 'deployments'
  /** What of it this page shows, where it is not the whole tab. */
  readonly part?: string
  readonly actions?: Child
  readonly children?: Child
}

export function NamespacePage({ namespace, tab, part, actions, children }: Props) {
  const visit = useVisit()
  const own = at(visit, 'namespaces', namespace)
  const label = tab === 'files' ? 'Files' : 'Deployments'
  return (
    <Page
      title={`${part ?? label} · ${namespace}`}
      heading={<bdi>{part ?? namespace}</bdi>}
      emblem="folder"
      crumbs={[
        ['Namespaces', at(visit, 'namespaces')],
        ...(part === undefined ? [] : ([[namespace, tab === 'files' ? own : `${own}/deployments`]] as const)),
      ]}
      actions={actions}
    >
      <nav class="tabs" aria-label={namespace}>
        <a href={own} aria-current={tab === 'files' ? 'page' : undefined}>
          Files
        </a>
        {may(visit, 'NAMESPACE_FILE:LIST', namespace) && (
          <a href={`${own}/deployments`} aria-current={tab === 'deployments' ? 'page' : undefined}>
            Deployments
          </a>
        )}
      </nav>
      {children}
    </Page>
  )
}
