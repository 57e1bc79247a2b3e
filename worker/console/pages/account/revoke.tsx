/** Revoking an API token: what stops, and when exactly. */

import * as v from 'valibot'
import { visiblePrefix } from '../../../../shared/token-format.ts'
import { findToken, revokeToken } from '../../../tokens/api-tokens.ts'
import { flash } from '../../flash.ts'
import { form, movedTo, type Page } from '../../page.ts'
import { Form } from '../../parts/form.tsx'
import { Instant } from '../../parts/when.tsx'
import { boundOf } from '../../times.ts'
import { useVisit } from '../../visit.ts'
import { type Found, listAt, type Place } from './place.ts'
import { tokenParams } from './token.tsx'
import { type Token, WhenUsed } from './token-list.tsx'

export const revokeForm = <F extends Found>(place: Place<F>): Page =>
  form({
    path: `${place.path}/tokens/:token/revoke`,
    access: place.access.revoke,
    params: v.intersect([place.params, tokenParams]),
    fields: v.object({}),
    show: async ({ edge, principal, params, visit }) => {
      const found = await place.findManaged(edge, principal, params)
      if (!found.ok) return found.error
      const token = await findToken(edge.db, found.value.account.id, params.token)
      if (!token) return { code: 'not_found', what: 'token', id: params.token }
      const { Frame } = place
      return (
        <Frame found={found.value} tab="tokens" deed={`Revoke ${token.name}`}>
          <Revoke token={token} back={listAt(place, visit, found.value)} />
        </Frame>
      )
    },
    act: async ({ edge, principal, params, visit }) => {
      const found = await place.findManaged(edge, principal, params)
      if (!found.ok) return found.error
      const { id } = found.value.account
      const name = (await findToken(edge.db, id, params.token))?.name ?? ''
      const revoked = await revokeToken(edge.db, principal, id, params.token)
      return revoked.ok
        ? movedTo(listAt(place, visit, found.value), flash('token_revoked', name))
        : revoked.error
    },
  })

function Revoke({ token, back }: { readonly token: Token; readonly back: string }) {
  const { maxStalenessMs } = useVisit()
  return (
    <Form submit="Revoke token" isDangerous cancel={back}>
      <h2>
        Revoke <bdi>{token.name}</bdi>?
      </h2>
      <ul>
        <li>
          Whatever uses <span class="mono">{visiblePrefix(token.id)}</span> is refused from then on.{' '}
          {boundOf(maxStalenessMs)}
        </li>
        <li>
          Last used: <WhenUsed at={token.lastUsedAt} />
          {token.lastUsedAt !== null && (
            <>
              {' '}
              (<Instant at={token.lastUsedAt} />)
            </>
          )}
          .
        </li>
        <li>It cannot be taken back. A new token has a new value.</li>
      </ul>
    </Form>
  )
}
