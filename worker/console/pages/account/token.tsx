/** One API token: what it is, what it may do less than its account, and what can be done with it. */

import * as v from 'valibot'
import { visiblePrefix } from '../../../../shared/token-format.ts'
import { Id } from '../../../../shared/wire/common.ts'
import { findToken } from '../../../tokens/api-tokens.ts'
import { type Page, page } from '../../page.ts'
import { Icon } from '../../parts/icon.tsx'
import { Instant, When } from '../../parts/when.tsx'
import { lengthOf } from '../../times.ts'
import { mayUse } from '../../visit.ts'
import type { Found, Place } from './place.ts'
import { type Token, TokenPill, WhenUsed } from './token-list.tsx'

export const tokenParams = v.object({ token: Id })

export const tokenPage = <F extends Found>(place: Place<F>): Page =>
  page({
    path: `${place.path}/tokens/:token`,
    access: place.access.view,
    params: v.intersect([place.params, tokenParams]),
    show: async ({ edge, principal, params, visit }) => {
      const found = await place.find(edge, principal, params)
      if (!found.ok) return found.error
      const token = await findToken(edge.db, found.value.account.id, params.token)
      if (!token) return { code: 'not_found', what: 'token', id: params.token }
      const { Frame } = place
      const addressOf = (deed: string) => place.at(visit, found.value, 'tokens', token.id, deed)
      const mayRevoke = mayUse(visit, place.access.revoke)
      const mayRotate = mayRevoke && mayUse(visit, place.access.mint) && !principal.impersonator
      return (
        <Frame found={found.value} tab="tokens" deed={`Token ${token.name}`}>
          <section class="card" aria-labelledby="token">
            <header>
              <h2 id="token">
                Token <bdi>{token.name}</bdi>
              </h2>
              <div class="actions">
                {mayRotate && (
                  <a class="button" href={addressOf('rotate')}>
                    <Icon name="renew" />
                    Rotate
                  </a>
                )}
                {mayRevoke && (
                  <a class="button danger" href={addressOf('revoke')}>
                    Revoke
                  </a>
                )}
              </div>
            </header>
            <Facts token={token} />
          </section>
        </Frame>
      )
    },
  })

function Facts({ token }: { readonly token: Token }) {
  const { id, description, createdAt, expiresAt, extendsBy, lastUsedAt, narrowing } = token
  return (
    <dl class="facts wide">
      <dt>Status</dt>
      <dd>
        <TokenPill token={token} />
      </dd>
      <dt>Begins with</dt>
      <dd class="mono">{visiblePrefix(id)}</dd>
      {description !== '' && (
        <>
          <dt>Description</dt>
          <dd>
            <bdi>{description}</bdi>
          </dd>
        </>
      )}
      <dt>Created</dt>
      <dd>
        <When at={createdAt} />
      </dd>
      <dt>Last used</dt>
      <dd>
        <WhenUsed at={lastUsedAt} />
      </dd>
      <dt>Expires</dt>
      <dd>
        {expiresAt === null ? 'Never' : <Instant at={expiresAt} />}
        {extendsBy !== null && `. Each use restarts its Max Age of ${lengthOf(extendsBy)}.`}
      </dd>
      <dt>May do</dt>
      <dd>{narrowing === null ? 'All that the account may' : 'Only what the account may within this:'}</dd>
      {narrowing?.tenant && (
        <>
          <dt>Tenant</dt>
          <dd class="mono">{narrowing.tenant}</dd>
        </>
      )}
      {narrowing?.namespaces && (
        <>
          <dt>Namespaces</dt>
          <dd class="mono">{narrowing.namespaces.join(', ')}, each with all below it</dd>
        </>
      )}
      {narrowing?.permissions && (
        <>
          <dt>Permissions</dt>
          <dd class="mono">{narrowing.permissions.join(', ')}</dd>
        </>
      )}
    </dl>
  )
}
