/** Creating a federated credential, and changing one. */

import * as v from 'valibot'
import { Id } from '../../../../../shared/wire/common.ts'
import { WriteFederatedCredential } from '../../../../../shared/wire/federation.ts'
import { refuseStandIn } from '../../../../access/decide.ts'
import { readManagedServiceAccount } from '../../../../accounts/service-accounts.ts'
import { createCredential, readCredential, replaceCredential } from '../../../../federation/credentials.ts'
import type { EdgeError, Problem } from '../../../../http/refusal.ts'
import { permit } from '../../../../http/route.ts'
import { validate } from '../../../../http/serve.ts'
import { ticked } from '../../../fields.ts'
import { flash } from '../../../flash.ts'
import { form, movedTo } from '../../../page.ts'
import { endOfDay } from '../../../times.ts'
import { at, type Visit } from '../../../visit.ts'
import { AccountPage, accountParams } from '../account.tsx'
import { CLAIMS } from './claims.ts'
import { CredentialForm } from './credential-form.tsx'

const path = '/:tenant/iam/service-accounts/:id/federation'
const access = permit('SERVICE_ACCOUNT:UPDATE')
const about = { credential_name_taken: 'name' } as const
export const credentialParams = v.object({ ...accountParams.entries, credential: Id })

const words = v.optional(v.string(), '')

/** Checked as the API checks the same: here only what the form makes of it. */
const Fields = v.object({
  ...Object.fromEntries(CLAIMS.map(({ name }) => [name, words])),
  name: words,
  issuer: words,
  namespaces: words,
  permissions: words,
  maxTtl: words,
  expires: words,
  enabled: ticked,
})

export const newCredentialForm = form({
  path: `${path}/new`,
  access,
  params: accountParams,
  fields: Fields,
  about,
  show: async ({ edge, principal, params: { tenant, id }, visit }) => {
    const refusal = refuseStandIn(principal)
    if (refusal) return refusal
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    if (!found.ok) return found.error
    return (
      <AccountPage found={found.value} tab="federation" deed="Create federated credential">
        <CredentialForm back={listOf(visit, id)} />
      </AccountPage>
    )
  },
  act: async ({ edge, principal, params: { tenant, id }, visit }, values) => {
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    if (!found.ok) return found.error
    const wanted = readForm(values, visit)
    if ('code' in wanted) return wanted
    const created = await createCredential(edge.db, principal, found.value.account, wanted)
    return created.ok
      ? movedTo(listOf(visit, id), flash('credential_created', wanted.name))
      : asProblem(created.error)
  },
})

export const credentialForm = form({
  path: `${path}/:credential`,
  access,
  params: credentialParams,
  fields: Fields,
  about,
  show: async ({ edge, principal, params: { tenant, id, credential }, visit }) => {
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    if (!found.ok) return found.error
    const read = await readCredential(edge.db, id, credential)
    if (!read.ok) return read.error
    return (
      <AccountPage found={found.value} tab="federation" deed={read.value.credential.name}>
        <CredentialForm found={read.value} back={listOf(visit, id)} />
      </AccountPage>
    )
  },
  act: async ({ edge, principal, params: { tenant, id, credential }, visit }, values) => {
    const found = await readManagedServiceAccount(edge.db, principal, id, tenant)
    if (!found.ok) return found.error
    const wanted = readForm(values, visit)
    if ('code' in wanted) return wanted
    const changed = await replaceCredential(edge.db, principal, found.value.account, credential, wanted)
    return changed.ok
      ? movedTo(listOf(visit, id), flash('credential_saved', wanted.name))
      : asProblem(changed.error)
  },
})

const listOf = (visit: Visit, id: string): string => at(visit, 'iam', 'service-accounts', id, 'federation')

/** A claim's several values stand in one field with spaces between; what is empty is not said. */
function readForm(
  {
    name,
    issuer,
    namespaces,
    permissions,
    maxTtl,
    expires,
    enabled,
    ...claims
  }: v.InferOutput<typeof Fields>,
  { timeZone, tenant }: Visit,
): WriteFederatedCredential | EdgeError {
  const valuesOf = (text: unknown) =>
    String(text ?? '')
      .split(/[\s,]+/)
      .filter(Boolean)
  const listed = (text: string) => (valuesOf(text).length === 0 ? undefined : valuesOf(text))
  const match = CLAIMS.flatMap((claim) => {
    const values = valuesOf((claims as Record<string, unknown>)[claim.name])
    return values.length === 0 ? [] : [[claim.name, values.length === 1 ? values[0] : values]]
  })
  const end = expires === '' ? undefined : endOfDay(expires, timeZone)
  const isNarrowed = namespaces.trim() !== '' || permissions.trim() !== ''
  const read = validate(WriteFederatedCredential, {
    name,
    issuer: issuer.trim(),
    match: Object.fromEntries(match),
    namespaces: listed(namespaces),
    permissions: listed(permissions),
    // Both are written with one tenant in view.
    tenant: isNarrowed ? tenant : undefined,
    maxTtl: maxTtl === '' ? undefined : Number(maxTtl),
    expiresAt: end === undefined ? undefined : new Date(end).toISOString(),
    enabled,
  })
  if (read.ok) return read.value as WriteFederatedCredential
  return read.error.code === 'invalid_entity'
    ? { ...read.error, problems: read.error.problems.map(ofField) }
    : read.error
}

/** `match.ref.0` is about the field `ref`; about the match as a whole the ref says most. */
const ofField = ({ path, message }: Problem): Problem => ({
  path: path === 'match' ? 'ref' : (path?.replace(/^match\./, '') ?? 'name'),
  message,
})

/** Of what is not found only the issuer was typed here. */
const asProblem = (error: EdgeError): EdgeError =>
  error.code === 'not_found' && error.what === 'issuer'
    ? {
        code: 'invalid_entity',
        problems: [{ path: 'issuer', message: 'must be one that a superadmin has added' }],
      }
    : error
