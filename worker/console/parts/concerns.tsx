/** What somebody should look at, the most pressing first. */

import type { Concern, Reason } from '../../storage/attention.ts'
import { at, useVisit } from '../visit.ts'
import { Empty } from './empty.tsx'
import { Pill, type Tone } from './pill.tsx'
import { When } from './when.tsx'

const REASONS: Readonly<Record<Reason, readonly [word: string, tone: Tone, rest: string]>> = {
  expired: ['Expired', 'bad', ''],
  expiring: ['Expiring', 'warn', ''],
  tokenless: ['No token', 'mute', 'cannot call the API'],
  roleless: ['No role', 'mute', 'may do nothing here'],
  endless: ['Never expires', 'info', ''],
}

export function Concerns({ found }: { readonly found: readonly Concern[] }) {
  const visit = useVisit()
  const addressOf = ({ accountKind, accountId, reason }: Concern) =>
    accountKind === 'USER'
      ? at(visit, 'iam', 'users', accountId, 'tokens')
      : at(visit, 'iam', 'service-accounts', accountId, ...(reason === 'roleless' ? ['access'] : []))
  return (
    <section class="card" aria-labelledby="attention">
      <header>
        <h2 id="attention">Needs attention</h2>
      </header>
      {found.length === 0 ? (
        <Empty icon="check">
          Nothing. No token is near its end, and every service account has a role and a token.
        </Empty>
      ) : (
        <ul class="trail">
          {found.map((one) => {
            const [word, tone, rest] = REASONS[one.reason]
            return (
              <li>
                <span class="concern">
                  <span>
                    <Pill tone={tone}>{word}</Pill>
                  </span>
                  <span>
                    <a href={addressOf(one)}>
                      <bdi>{one.accountName}</bdi>
                    </a>{' '}
                    {one.tokenName === null ? (
                      <span class="muted">{rest}</span>
                    ) : (
                      <span class="muted">
                        token <bdi>{one.tokenName}</bdi>
                      </span>
                    )}
                  </span>
                </span>
                {one.expiresAt !== null && <When at={one.expiresAt} />}
              </li>
            )
          })}
        </ul>
      )}
    </section>
  )
}
