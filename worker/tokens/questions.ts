/** What verifying asks D1, and what each answer hangs on: a record holds until the change feed names one of these. */

import { base64url } from 'jose'
import { selectTenant } from '../storage/accounts.ts'
import {
  type CredentialHolder,
  type Holder,
  selectAccountHolder,
  selectCredentialHolder,
  selectTokenHolder,
  type TokenHolder,
} from '../storage/holders.ts'
import { type SigningKey, selectActiveKey, selectRevocation, selectSigningKey } from '../storage/tokens.ts'
import type { CopyForm, Question } from './records.ts'

const HOLDER_COPY: CopyForm<TokenHolder> = {
  pack: (holder) => ({ ...holder, token: { ...holder.token, mac: base64url.encode(holder.token.mac) } }),
  unpack(packed) {
    const holder = packed as TokenHolder
    const mac = base64url.decode(holder.token.mac as unknown as string)
    return { ...holder, token: { ...holder.token, mac } }
  },
}

/** An opaque token, with who it belongs to and all that was given to them. */
export const tokenHolder = (id: string): Question<TokenHolder> => ({
  key: `token ${id}`,
  select: () => selectTokenHolder(id),
  dependenciesOf: (holder) => [
    `token ${id}`,
    ...(holder ? dependenciesOf(holder) : []),
    ...(holder?.impersonator ? [`account ${holder.impersonator.id}`] : []),
  ],
  copy: HOLDER_COPY,
  isUnguessable: true,
})

/** An account, for whoever has proved to be it. */
export const accountHolder = (id: string): Question<Holder> => ({
  key: `account ${id}`,
  select: () => selectAccountHolder(id),
  dependenciesOf: (holder) => (holder ? dependenciesOf(holder) : [`account ${id}`]),
})

/** A federated credential, with its issuer and the account it stands for. */
export const credentialHolder = (id: string): Question<CredentialHolder> => ({
  key: `credential ${id}`,
  select: () => selectCredentialHolder(id),
  dependenciesOf: (holder) => [
    `credential ${id}`,
    ...(holder ? [...dependenciesOf(holder), `issuer ${holder.issuer.id}`] : []),
  ],
  isUnguessable: true,
})

export const signingKey = (kid: string): Question<SigningKey> => ({
  key: `key ${kid}`,
  select: () => selectSigningKey(kid),
  dependenciesOf: () => [`key ${kid}`],
  isUnguessable: true,
})

/** The key that signs now. Another one takes its place only when this one retires or goes, which the feed names. */
export const activeKey: Question<SigningKey> = {
  key: 'active key',
  select: selectActiveKey,
  dependenciesOf: (key) => (key ? [`key ${key.kid}`] : []),
}

/** Whether an access token was given back. */
export const revocation = (jti: string): Question<boolean> => ({
  key: `jwt ${jti}`,
  select: () => selectRevocation(jti),
  dependenciesOf: () => [`jwt ${jti}`],
})

export const tenant = (id: string): Question<{ readonly id: string }> => ({
  key: `tenant ${id}`,
  select: () => selectTenant(id),
  dependenciesOf: () => [`tenant ${id}`],
})

function dependenciesOf({ account, grants, groupIds }: Holder): string[] {
  const names = [
    `account ${account.id}`,
    ...groupIds.map((id) => `group ${id}`),
    ...grants.flatMap(({ roleId, tenantId }) => [`role ${roleId}`, `tenant ${tenantId}`]),
  ]
  return [...new Set(names)]
}
