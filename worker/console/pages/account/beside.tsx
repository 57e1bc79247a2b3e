/** Beside an account's tokens: the roles and groups that say what these are good for, and when and what it is. */

import { type GroupOfAccount, groupsOf } from '../../../accounts/memberships.ts'
import type { Edge } from '../../../edge.ts'
import type { Account } from '../../../storage/accounts.ts'
import { type BindingInFull, listBindingsOf } from '../../../storage/bindings.ts'
import { When } from '../../parts/when.tsx'
import { at, may, useVisit, type Visit } from '../../visit.ts'
import type { Found } from './place.ts'

interface BesideProps {
  readonly account: Account
  readonly groups: readonly GroupOfAccount[]
  /** Absent for who may not see them. */
  readonly bindings: readonly BindingInFull[] | undefined
  readonly addressOf: (...parts: string[]) => string
}

/** What the API would show the same reader: roles by bindings, groups with the account. */
export async function readBeside(
  { db }: Edge,
  visit: Visit,
  { account }: Found,
): Promise<Omit<BesideProps, 'addressOf'>> {
  const { tenant, principal } = visit
  const isSelf = principal?.accountId === account.id
  const [groups, bindings] = await Promise.all([
    groupsOf(db, tenant, [account.id]),
    may(visit, 'BINDING:LIST') || isSelf ? listBindingsOf(db, tenant, account.id) : undefined,
  ])
  return { account, groups: groups.get(account.id) ?? [], bindings }
}

/** More is on a tab of its own. */
const MOST = 6

export function Beside({ account, groups, bindings, addressOf }: BesideProps) {
  const visit = useVisit()
  return (
    <aside aria-label="About the account">
      {bindings && (
        <section class="card" aria-labelledby="roles">
          <header>
            <h2 id="roles">Roles</h2>
          </header>
          {bindings.length === 0 ? (
            <p class="body muted">None yet: it may do nothing.</p>
          ) : (
            <ul class="rows">
              {bindings.slice(0, MOST).map(({ role, binding, group }) => (
                <li>
                  <strong>
                    <bdi>{role.name}</bdi>
                  </strong>
                  <span class="muted small">
                    {group ? (
                      <>
                        via <bdi>{group.name}</bdi>
                      </>
                    ) : (
                      'direct'
                    )}
                  </span>
                  <span class="mono wide muted">{binding.namespace ?? 'whole tenant'}</span>
                </li>
              ))}
            </ul>
          )}
          <footer>
            <a href={addressOf('access')}>
              {bindings.length > MOST ? `All ${bindings.length}, and why` : 'What can it do, and why?'}
            </a>
          </footer>
        </section>
      )}
      <section class="card" aria-labelledby="groups">
        <header>
          <h2 id="groups">Groups</h2>
        </header>
        {groups.length === 0 ? (
          <p class="body muted">In none.</p>
        ) : (
          <div class="body">
            <span class="chips">
              {groups.slice(0, MOST).map(({ id, name }) => (
                <a class="chip" href={at(visit, 'iam', 'groups', id)}>
                  <bdi>{name}</bdi>
                </a>
              ))}
              {groups.length > MOST && <a href={addressOf('groups')}>{`+${groups.length - MOST}`}</a>}
            </span>
          </div>
        )}
      </section>
      <section class="card" aria-labelledby="facts">
        <h2 class="visually-hidden" id="facts">
          Facts
        </h2>
        <dl class="facts">
          <dt>ID</dt>
          <dd class="mono">{account.id}</dd>
          <dt>Created</dt>
          <dd>
            <When at={account.createdAt} />
          </dd>
        </dl>
      </section>
    </aside>
  )
}
