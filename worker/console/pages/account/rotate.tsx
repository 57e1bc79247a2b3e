/** Rotating an API token: a new one like it, and some time in which both are good. */

import * as v from 'valibot'
import { refuseStandIn } from '../../../access/decide.ts'
import { refuseAccess } from '../../../http/refuse-access.ts'
import { findToken, rotateToken } from '../../../tokens/api-tokens.ts'
import { flash } from '../../flash.ts'
import { type Call, form, movedTo, type Page } from '../../page.ts'
import { Choices, Form, NonceField } from '../../parts/form.tsx'
import { boundOf, DAY, HOUR, instantOf } from '../../times.ts'
import { useVisit } from '../../visit.ts'
import { mintedPage } from './minted.tsx'
import { type Found, listAt, type Place } from './place.ts'
import { tokenParams } from './token.tsx'
import type { Token } from './token-list.tsx'

const GRACES = { none: 0, hour: HOUR, day: DAY, week: 7 * DAY }
const LABELS = { none: 'Not at all', hour: '1 hour', day: '24 hours', week: '7 days' }
type Grace = keyof typeof GRACES

export const rotateForm = <F extends Found>(place: Place<F>): Page => {
  const params = v.intersect([place.params, tokenParams])
  type RotateCall = Call<typeof place.access.mint, typeof params>
  /** It ends one token and mints another, so it takes the right to do either. */
  const refuse = ({ edge, verification, principal, params }: RotateCall) =>
    refuseAccess(edge, verification, place.access.revoke, principal, params)
  return form({
    path: `${place.path}/tokens/:token/rotate`,
    access: place.access.mint,
    params,
    fields: v.object({
      nonce: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/, 'must be the one of the form')),
      grace: v.picklist(Object.keys(GRACES) as Grace[], 'must be one of those offered'),
    }),
    show: async (call) => {
      const { edge, principal, params, visit } = call
      const refusal = refuseStandIn(principal) ?? (await refuse(call))
      if (refusal) return refusal
      const found = await place.findManaged(edge, principal, params)
      if (!found.ok) return found.error
      const token = await findToken(edge.db, found.value.account.id, params.token)
      if (!token) return { code: 'not_found', what: 'token', id: params.token }
      const { Frame } = place
      return (
        <Frame found={found.value} tab="tokens" deed={`Rotate ${token.name}`}>
          <Rotate token={token} back={place.at(visit, found.value, 'tokens', token.id)} />
        </Frame>
      )
    },
    act: async (call, { nonce, grace }) => {
      const { edge, principal, params, visit } = call
      const refusal = await refuse(call)
      if (refusal) return refusal
      const found = await place.findManaged(edge, principal, params)
      if (!found.ok) return found.error
      const { account } = found.value
      const minted = await rotateToken(
        edge.db,
        edge.keys,
        principal,
        account,
        params.token,
        GRACES[grace],
        nonce,
      )
      if (minted.ok) return mintedPage(edge, place, found.value, visit, minted.value)
      return minted.error.code === 'minted_already'
        ? movedTo(listAt(place, visit, found.value), flash('token_made_earlier'))
        : minted.error
    },
  })
}

function Rotate({ token: { name, expiresAt }, back }: { readonly token: Token; readonly back: string }) {
  const { now, timeZone, maxStalenessMs } = useVisit()
  const endOf = (grace: Grace) =>
    grace === 'none'
      ? 'It is revoked'
      : `Until ${instantOf(Math.min(now + GRACES[grace], expiresAt ?? Number.POSITIVE_INFINITY), timeZone)}`
  return (
    <Form submit="Rotate token" cancel={back}>
      <NonceField />
      <h2>
        Rotate <bdi>{name}</bdi>?
      </h2>
      <p class="muted">
        You get a new token of the same name, Max Age and narrowing. Bring it to where the old one is; until
        then the old one may live on, but never past its own expiry, and use no longer prolongs it.{' '}
        {boundOf(maxStalenessMs)}
      </p>
      <Choices
        name="grace"
        label="The old token lives on for"
        value="day"
        options={(Object.keys(GRACES) as Grace[]).map((value) => ({
          value,
          label: LABELS[value],
          hint: endOf(value),
        }))}
      />
    </Form>
  )
}
