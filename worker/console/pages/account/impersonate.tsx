/** Acting as an account for a while. One's own session waits in a cookie of its own: see `impersonation-exit.ts`. */

import * as v from 'valibot'
import { Label } from '../../../../shared/names.ts'
import { refuseStandIn } from '../../../access/decide.ts'
import { displayNameOf } from '../../../accounts/display-name.ts'
import { SESSION_LIFETIME_MS } from '../../../accounts/sessions.ts'
import { cookieOf, OWN_COOKIE, SESSION_COOKIE } from '../../../http/cookies.ts'
import { superadmin } from '../../../http/route.ts'
import { mintImpersonation } from '../../../tokens/impersonate.ts'
import { flash } from '../../flash.ts'
import { form, movedTo, type Page } from '../../page.ts'
import { Choices, Field, Form } from '../../parts/form.tsx'
import { instantOf, MINUTE } from '../../times.ts'
import { useVisit } from '../../visit.ts'
import type { Found, Place } from './place.ts'

const LENGTHS = ['15', '30', '60'] as const

export const impersonateForm = <F extends Found>(place: Place<F>): Page =>
  form({
    path: `${place.path}/impersonate`,
    access: superadmin,
    params: v.intersect([place.params, v.object({})]),
    fields: v.object({
      reason: v.pipe(
        v.string(),
        v.trim(),
        v.minLength(1, 'must be given: it goes into the audit log'),
        Label,
      ),
      minutes: v.picklist(LENGTHS, 'must be one of those offered'),
    }),
    show: async ({ edge, principal, params, visit }) => {
      const refusal = refuseStandIn(principal)
      if (refusal) return refusal
      const found = await place.find(edge, principal, params)
      if (!found.ok) return found.error
      const { Frame } = place
      return (
        <Frame found={found.value} tab="tokens" deed="Impersonate">
          <Impersonate name={displayNameOf(found.value.account)} back={place.at(visit, found.value)} />
        </Frame>
      )
    },
    act: async ({ edge, principal, params, visit, cookie }, { reason, minutes }) => {
      const found = await place.find(edge, principal, params)
      if (!found.ok) return found.error
      const { id } = found.value.account
      const lifetimeMs = Number(minutes) * MINUTE
      const minted = await mintImpersonation(edge.db, edge.keys, principal, id, reason, lifetimeMs)
      if (!minted.ok) return minted.error
      const own = cookie(SESSION_COOKIE) ?? ''
      return movedTo(`${visit.base}/`, flash('impersonation_started', displayNameOf(found.value.account)), [
        cookieOf(SESSION_COOKIE, minted.value.fullToken, visit.origin, SESSION_LIFETIME_MS),
        cookieOf(OWN_COOKIE, own, visit.origin, SESSION_LIFETIME_MS),
      ])
    },
  })

function Impersonate({ name, back }: { readonly name: string; readonly back: string }) {
  const { now, timeZone } = useVisit()
  return (
    <Form submit="Start" cancel={back}>
      <h2>
        Act as <bdi>{name}</bdi>?
      </h2>
      <ul>
        <li>You see and may do only what it can, in the console and in Kestra behind it.</li>
        <li>What you do is done for real. The audit log names you both.</li>
        <li>Meanwhile you cannot create or rotate tokens, change passwords, or act as anybody else.</li>
      </ul>
      <Field
        name="reason"
        label="Reason"
        isRequired
        isFocused
        maxLength={500}
        hint="It is kept in the audit log: a ticket, or what you want to see."
      />
      <Choices
        name="minutes"
        label="For how long"
        value="15"
        options={LENGTHS.map((value) => ({
          value,
          label: `${value} minutes`,
          hint: `Until ${instantOf(now + Number(value) * MINUTE, timeZone)}`,
        }))}
      />
    </Form>
  )
}
