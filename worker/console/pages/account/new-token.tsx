/** Creating an API token. The answer to the form is the one page that ever holds its value. */

import * as v from 'valibot'
import { DnsName, Label } from '../../../../shared/names.ts'
import type { Permission } from '../../../../shared/permissions.ts'
import { Namespaces, Permissions } from '../../../../shared/wire/narrowing.ts'
import { refuseStandIn } from '../../../access/decide.ts'
import { compileGrants } from '../../../access/grants.ts'
import type { EdgeError } from '../../../http/refusal.ts'
import { listGrants } from '../../../storage/holders.ts'
import { mintToken } from '../../../tokens/api-tokens.ts'
import { listed, optional, ticked, tickedOf } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { form, movedTo, type Page } from '../../page.ts'
import { Checks, Field, Form, NonceField, Switch, TextArea } from '../../parts/form.tsx'
import { at, useVisit, type Visit } from '../../visit.ts'
import { Beside, readBeside } from './beside.tsx'
import { AGES, ageOf, MaxAge } from './max-age.tsx'
import { mintedPage } from './minted.tsx'
import { type Found, listAt, type Place } from './place.ts'

const NewToken = v.object({
  nonce: v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/, 'must be the one of the form')),
  name: DnsName,
  description: optional(Label),
  maxAge: v.picklist(AGES, 'must be one of those offered'),
  until: v.optional(v.string(), ''),
  extended: ticked,
  namespaces: listed(Namespaces),
  permissions: tickedOf(Permissions),
})

export const newTokenForm = <F extends Found>(place: Place<F>): Page =>
  form({
    path: `${place.path}/tokens/new`,
    access: place.access.mint,
    params: v.intersect([place.params, v.object({})]),
    fields: NewToken,
    show: async ({ edge, principal, params, visit }) => {
      const refusal = refuseStandIn(principal)
      if (refusal) return refusal
      const found = await place.findManaged(edge, principal, params)
      if (!found.ok) return found.error
      const grants = compileGrants(await listGrants(edge.db, found.value.account.id))
      const { Frame } = place
      return (
        <Frame found={found.value} tab="tokens" deed="Create API token">
          <div class="columns">
            <NewTokenForm
              permissions={permissionsIn(grants, visit)}
              back={listAt(place, visit, found.value)}
            />
            <Beside
              {...(await readBeside(edge, visit, found.value))}
              addressOf={(...parts) => place.at(visit, found.value, ...parts)}
            />
          </div>
        </Frame>
      )
    },
    act: async ({ edge, principal, params, visit }, { nonce, maxAge, until, ...wanted }) => {
      const found = await place.findManaged(edge, principal, params)
      if (!found.ok) return found.error
      const age = ageOf(maxAge, until, visit)
      if (Number.isNaN(age)) return NO_DAY
      const isNarrowed = wanted.namespaces !== undefined || wanted.permissions !== undefined
      const minted = await mintToken(
        edge.db,
        edge.keys,
        principal,
        found.value.account,
        // Namespaces and permissions are chosen with one tenant in view.
        { ...wanted, maxAge: age, tenant: isNarrowed ? visit.tenant : undefined },
        nonce,
      )
      if (minted.ok) return mintedPage(edge, place, found.value, visit, minted.value)
      return minted.error.code === 'minted_already'
        ? movedTo(listAt(place, visit, found.value), flash('token_made_earlier'))
        : minted.error
    },
  })

const NO_DAY: EdgeError = {
  code: 'invalid_entity',
  problems: [{ path: 'until', message: 'must be a day to come' }],
}

/** What the account holds somewhere in the tenant: more than that no token of it carries. */
const permissionsIn = (grants: ReadonlyMap<string, unknown>, { tenant }: Visit): Permission[] =>
  [...grants.keys()]
    .filter((key) => key.startsWith(`${tenant} `))
    .map((key) => key.slice(tenant.length + 1) as Permission)
    .sort()

interface NewTokenFormProps {
  readonly permissions: readonly Permission[]
  readonly back: string
}

function NewTokenForm({ permissions, back }: NewTokenFormProps) {
  const visit = useVisit()
  const isNarrowed = visit.attempt && (visit.attempt.values.namespaces || visit.attempt.values.permissions)
  return (
    <Form submit="Generate" cancel={back}>
      <NonceField />
      <Field
        name="name"
        label="Name"
        isRequired
        isFocused
        pattern="[a-z0-9](?:-?[a-z0-9])*"
        maxLength={63}
        title="Lower-case letters, digits and single hyphens, with a letter or digit at both ends"
        hint="For you to know it by: lower-case letters, digits and hyphens."
      />
      <Field name="description" label="Description" maxLength={500} hint="Where it is going to be kept." />
      <MaxAge />
      <div class="unless-never">
        <Switch
          name="extended"
          label="Extended"
          hint="Each use restarts the Max Age, so a token in active use never lapses. An idle one still expires."
        />
      </div>
      <details class="fold" open={Boolean(isNarrowed)}>
        <summary>Narrow this token</summary>
        <div>
          <p class="muted">
            It may do what the account may in all its tenants. Fill in either of these, and it may do only
            what lies within, in the tenant <span class="mono">{visit.tenant}</span>.
          </p>
          <TextArea
            name="namespaces"
            label="Namespaces"
            hint="One a line, each with all below it. Left empty: all that the account has."
          />
          {permissions.length > 0 ? (
            <Checks
              name="permissions"
              label="Permissions"
              hint="None ticked: all that the account has."
              options={permissions.map((value) => ({ value, label: value }))}
            />
          ) : (
            <p class="muted">
              The account holds no permission here yet. <a href={at(visit, 'iam', 'bindings')}>Bindings</a>
            </p>
          )}
        </div>
      </details>
    </Form>
  )
}
