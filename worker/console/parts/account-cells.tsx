/** What lists of users and of service accounts show alike. */

import type { AccountSummary } from '../../storage/account-summaries.ts'
import type { GroupOfAccount } from '../../storage/groups.ts'

/** One role and its place, and how many more there are. */
export function Held({ summary }: { readonly summary: AccountSummary }) {
  return (
    <span class="two plain">
      <span>
        <bdi>{summary.roleName}</bdi>
        {summary.bindings > 1 && <span class="muted small">{` +${summary.bindings - 1}`}</span>}
      </span>
      <span class="mono">{summary.namespace ?? 'whole tenant'}</span>
    </span>
  )
}

export function GroupChips({ groups }: { readonly groups: readonly Pick<GroupOfAccount, 'name'>[] }) {
  return (
    <span class="chips">
      {groups.slice(0, 2).map(({ name }) => (
        <bdi class="chip">{name}</bdi>
      ))}
      {groups.length > 2 && <span class="muted small">{`+${groups.length - 2}`}</span>}
    </span>
  )
}
