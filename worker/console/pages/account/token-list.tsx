/** The API tokens of an account, the oldest first. */

import { visiblePrefix } from '../../../../shared/token-format.ts'
import type { listTokens } from '../../../tokens/api-tokens.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Pill } from '../../parts/pill.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Day, When } from '../../parts/when.tsx'
import { SOON_MS, statusOf } from '../../status.ts'
import { lengthOf } from '../../times.ts'
import { useVisit } from '../../visit.ts'

export type Token = Awaited<ReturnType<typeof listTokens>>[number]

interface TokensProps {
  readonly tokens: readonly Token[]
  /** Below the list of tokens. */
  readonly addressOf: (...parts: string[]) => string
  readonly mayMint: boolean
  readonly mayRevoke: boolean
  /** The one that has just been made. */
  readonly freshId?: string
}

export function Tokens({ tokens, addressOf, mayMint, mayRevoke, freshId }: TokensProps) {
  const { now } = useVisit()
  const revoke: Column<Token> = {
    label: 'Revoke',
    isAbove: true,
    show: ({ id, name }) => (
      <a class="text-danger" href={addressOf(id, 'revoke')}>
        Revoke
        <span class="visually-hidden">
          {' '}
          token <bdi>{name}</bdi>
        </span>
      </a>
    ),
  }
  const soon = tokens.filter(({ expiresAt }) => isSoon(expiresAt, now)).length
  return (
    <section class="card" aria-labelledby="tokens">
      <header>
        <h2 id="tokens">API tokens</h2>
        {soon > 0 && (
          <span class="muted small">{`${soon} ${soon === 1 ? 'expires' : 'expire'} within 14 days`}</span>
        )}
      </header>
      {tokens.length === 0 ? (
        <Empty
          icon="key"
          action={
            mayMint && (
              <a class="button" href={addressOf('new')}>
                <Icon name="plus" />
                Create the first token
              </a>
            )
          }
        >
          No token yet. The account cannot call the API before it has one.
        </Empty>
      ) : (
        <Table
          caption="API tokens"
          rows={tokens}
          isFresh={({ id }) => id === freshId}
          columns={[
            {
              label: 'Token',
              show: ({ name, id }) => (
                <span class="two">
                  <a class="row" href={addressOf(id)}>
                    <bdi>{name}</bdi>
                  </a>
                  <span class="mono">{visiblePrefix(id)}</span>
                </span>
              ),
            },
            { label: 'Status', show: (token) => <TokenPill token={token} /> },
            { label: 'Last used', show: ({ lastUsedAt }) => <WhenUsed at={lastUsedAt} /> },
            { label: 'Expires', show: (token) => <Expiry token={token} /> },
            ...(mayRevoke ? [revoke] : []),
          ]}
        />
      )}
    </section>
  )
}

export function TokenPill({ token }: { readonly token: Token }) {
  const { word, tone } = statusOf(token, useVisit().now)
  return <Pill tone={tone}>{word}</Pill>
}

export const WhenUsed = ({ at }: { readonly at: number | null }) =>
  at === null ? <span class="muted">Never</span> : <When at={at} />

function Expiry({ token: { expiresAt, extendsBy } }: { readonly token: Token }) {
  const { now } = useVisit()
  if (expiresAt === null) return <span class="muted">Never</span>
  return (
    <span class="two plain">
      <When at={expiresAt} class={isSoon(expiresAt, now) ? 'soon' : undefined} />
      <span>
        <Day at={expiresAt} />
        {extendsBy !== null && <span title="Each use restarts it">{` ↻ ${lengthOf(extendsBy)}`}</span>}
      </span>
    </span>
  )
}

const isSoon = (expiresAt: number | null, now: number): boolean =>
  expiresAt !== null && expiresAt > now && expiresAt - now <= SOON_MS
