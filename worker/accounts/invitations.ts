/**
 * Invitations: who has an account comes in at once; who has none gets a link, and with it an account of their own
 * making. What is promised never exceeds what the inviter holds, when it is promised and when it is taken up.
 */

import { err, ok, type Result } from '../../shared/result.ts'
import { drawToken, parseToken } from '../../shared/token-format.ts'
import { readSuperAdmin } from '../../shared/wire/common.ts'
import type { AcceptInvitation, CreateInvitation, InvitedRole } from '../../shared/wire/invitation.ts'
import { mayGrant, refuseFlag, refusePart } from '../access/decide.ts'
import type { AccessError } from '../access/errors.ts'
import type { Principal, RequestContext } from '../access/principal.ts'
import { type Actor, type Deed, record } from '../audit/record.ts'
import {
  type Account,
  belongsTo,
  findAccount,
  findAccountCalled,
  insertAccount,
  updateAccount,
} from '../storage/accounts.ts'
import { insertBinding } from '../storage/bindings.ts'
import { type Database, type Statement, write, writeOrThrow } from '../storage/database.ts'
import { findGroups, insertMembers } from '../storage/groups.ts'
import { findAccountHolder } from '../storage/holders.ts'
import { newId, randomBytes } from '../storage/ids.ts'
import {
  acceptInvitation,
  deleteInvitation,
  findInvitation,
  type Invitation,
  insertInvitation,
  invitationFields,
  listInvitations,
  listInvitationsFor,
  listInvitationsOf,
} from '../storage/invitations.ts'
import { findRoles } from '../storage/roles.ts'
import type { TokenError } from '../tokens/errors.ts'
import { GUESSES_PERIOD_SECONDS } from '../tokens/guesses.ts'
import { type Keys, utf8 } from '../tokens/keys.ts'
import { macOf } from '../tokens/mint.ts'
import { principalOf } from '../tokens/principal-of.ts'
import type { Verification } from '../tokens/verifier.ts'
import { isMacOf } from '../tokens/verify.ts'
import { deedOn as accountDeed } from './deed.ts'
import type { AccountError } from './errors.ts'
import { refuseGroups } from './memberships.ts'
import { newAccount } from './new-account.ts'
import { hashPassword } from './passwords.ts'
import { inProofSlot } from './proof-slots.ts'
import { joinTenant } from './tenant-access.ts'

export { type Invitation, invitationFields, listInvitations, listInvitationsFor, listInvitationsOf }

export const INVITATION_LIFETIME_MS = 7 * 86_400_000

type Promised = Pick<Invitation, 'tenantId' | 'email' | 'roles' | 'groupIds' | 'isSuperadmin'>

/** @returns the invitation with the link's token; nothing when the user exists and was let in at once */
export async function invite(
  db: Database,
  keys: Keys,
  principal: Principal,
  tenant: string,
  request: CreateInvitation,
): Promise<Result<{ invitation: Invitation; token: string } | undefined, AccountError>> {
  const promised: Promised = {
    tenantId: tenant,
    email: request.email,
    roles: request.roles ?? [],
    groupIds: [...new Set(request.groups ?? [])],
    isSuperadmin: readSuperAdmin(request) ?? false,
  }
  const refusal = await refusePromise(db, principal, promised)
  if (refusal) return err(refusal)
  const account = await findAccountCalled(db, request.email)
  if (account) return letIn(db, principal, account, promised)
  const earlier = await listInvitationsFor(db, tenant, request.email)
  if (earlier.some((one) => statusOf(one, principal.now) === 'PENDING')) {
    return err({ code: 'invitation_pending' })
  }
  const { id, token } = drawToken('INVITATION', randomBytes)
  const invitation: Invitation = {
    ...promised,
    id,
    ...(await macOf(keys, token)),
    inviterId: principal.accountId,
    createdAt: principal.now,
    expiresAt: principal.now + INVITATION_LIFETIME_MS,
    acceptedAt: null,
  }
  await writeOrThrow(db, [
    insertInvitation(db, invitation),
    ...record(db, principal, deedOn('CREATE', invitation)),
  ])
  return ok({ invitation, token })
}

async function letIn(
  db: Database,
  principal: Principal,
  account: Account,
  promised: Promised,
): Promise<Result<undefined, AccountError>> {
  if (await belongsTo(db, promised.tenantId, account.id)) return err({ code: 'tenant_access_already' })
  await writeOrThrow(db, giveToUser(db, principal, account, promised))
  return ok(undefined)
}

/** For who has an account by now, such as by another tenant's invitation: the one that was invited, and nobody else. */
export async function acceptAs(
  db: Database,
  verification: Verification,
  principal: Principal,
  token: string,
): Promise<Result<Invitation, AccountError | TokenError>> {
  const refusal = refusePart(principal)
  if (refusal) return err(refusal)
  const found = await proveInvitation(db, verification, token, principal)
  if (!found.ok) return found
  const invitation = found.value
  const account = await findAccount(db, 'USER', principal.accountId)
  if (!account || !isFor(invitation, account)) return err({ code: 'invitation_unknown' })
  if (await belongsTo(db, invitation.tenantId, account.id)) return err({ code: 'tenant_access_already' })
  const written = await write(db, [
    ...giveToUser(db, principal, account, invitation),
    ...takeUp(db, principal, invitation),
  ])
  // Two at once: the other came in.
  return written.ok ? found : err({ code: 'tenant_access_already' })
}

export const isFor = ({ email }: Pick<Invitation, 'email'>, { name }: Pick<Account, 'name'>): boolean =>
  email.toLowerCase() === name.toLowerCase()

/** Whoever has the link may take it up, once, and chooses the password. */
export const accept = (
  db: Database,
  verification: Verification,
  request: AcceptInvitation,
  context: RequestContext,
): Promise<Result<Account, AccountError | TokenError>> =>
  inProofSlot(context.now, () => makeUser(db, verification, request, context))

async function makeUser(
  db: Database,
  verification: Verification,
  { token, password, firstName, lastName }: AcceptInvitation,
  context: RequestContext,
): Promise<Result<Account, AccountError | TokenError>> {
  const found = await proveInvitation(db, verification, token, context)
  if (!found.ok) return found
  const invitation = found.value
  const { tenantId } = invitation
  const account = newAccount('USER', invitation.email, context.now, {
    password: await hashPassword(verification.keys, password),
    firstName: firstName ?? null,
    lastName: lastName ?? null,
    isSuperadmin: invitation.isSuperadmin,
  })
  const actor = { accountId: account.id, name: account.name, ...context }
  const written = await write(db, [
    insertAccount(db, account),
    ...record(db, actor, accountDeed('CREATE', account, tenantId)),
    ...give(db, actor, account, invitation),
    ...takeUp(db, actor, invitation),
  ])
  // Two at once: one of them made the user.
  return written.ok ? ok(account) : err({ code: 'email_taken' })
}

/**
 * What a link promises, as long as it can be taken up. Nothing is asked for a malformed one; one that is not there is a
 * guess like that of a token.
 */
export async function proveInvitation(
  db: Database,
  { keys, guesses, ipAddress }: Verification,
  token: string,
  context: RequestContext,
): Promise<Result<Invitation, AccountError | TokenError>> {
  const parsed = parseToken(token)
  if (parsed?.kind !== 'INVITATION') return err({ code: 'invitation_unknown' })
  if (guesses.areSpent(ipAddress)) {
    return err({ code: 'too_many_attempts', retryAfterSeconds: GUESSES_PERIOD_SECONDS })
  }
  const invitation = await findInvitation(db, parsed.id)
  if (!invitation || !(await isMacOf(keys, invitation, utf8(token)))) {
    await guesses.count(ipAddress)
    return err({ code: 'invitation_unknown' })
  }
  const status = statusOf(invitation, context.now)
  if (status === 'EXPIRED') return err({ code: 'invitation_expired' })
  if (status === 'ACCEPTED') return err({ code: 'invitation_used' })
  const holder = await findAccountHolder(db, invitation.inviterId)
  const isVoid =
    holder === undefined ||
    holder.account.disabledAt !== null ||
    (await refusePromise(db, principalOf(holder, context), invitation)) !== undefined
  return isVoid ? err({ code: 'invitation_unknown' }) : ok(invitation)
}

export async function readInvitation(
  db: Database,
  tenant: string,
  id: string,
): Promise<Result<Invitation, AccountError>> {
  const invitation = await findInvitation(db, id, tenant)
  return invitation ? ok(invitation) : err({ code: 'not_found', what: 'invitation', id })
}

export async function withdrawInvitation(
  db: Database,
  principal: Principal,
  tenant: string,
  id: string,
): Promise<Result<void, AccountError>> {
  const found = await readInvitation(db, tenant, id)
  if (!found.ok) return found
  await writeOrThrow(db, [deleteInvitation(db, id), ...record(db, principal, deedOn('DELETE', found.value))])
  return ok(undefined)
}

export function statusOf({ acceptedAt, expiresAt }: Invitation, now: number) {
  if (acceptedAt !== null) return 'ACCEPTED'
  return expiresAt <= now ? 'EXPIRED' : 'PENDING'
}

/** Why somebody may not promise this, if so: the same rules as for doing it. */
async function refusePromise(
  db: Database,
  principal: Principal,
  { tenantId, roles, groupIds, isSuperadmin }: Promised,
): Promise<AccessError | undefined> {
  const refusal = isSuperadmin ? refuseFlag(principal) : undefined
  if (refusal) return refusal
  const ids = roles.map(({ id }) => id)
  const known = new Map((await findRoles(db, tenantId, ids)).map((role) => [role.id, role]))
  for (const { id, namespace } of placesOf(roles)) {
    const role = known.get(id)
    if (!role) return { code: 'not_found', what: 'role', id }
    const { permissions } = role
    if (!mayGrant(principal, { tenant: tenantId, permissions, namespace }))
      return { code: 'grant_exceeds_own' }
  }
  const groups = await findGroups(db, tenantId, groupIds)
  const unknown = groupIds.find((id) => !groups.some((group) => group.id === id))
  if (unknown !== undefined) return { code: 'not_found', what: 'group', id: unknown }
  return refuseGroups(db, principal, tenantId, groupIds)
}

const placesOf = (roles: readonly InvitedRole[]) =>
  roles.flatMap(({ id, namespaces }) =>
    (namespaces.length === 0 ? [null] : namespaces).map((namespace) => ({ id, namespace })),
  )

/** The statements that let an account into the tenant with what was promised. */
const give = (
  db: Database,
  actor: Actor,
  account: Account,
  { tenantId, roles, groupIds }: Promised,
): Statement[] => [
  ...joinTenant(actor, tenantId, account),
  ...placesOf(roles).map(({ id, namespace }) =>
    insertBinding(db, {
      id: newId(),
      tenantId,
      accountId: account.id,
      groupId: null,
      roleId: id,
      namespace,
      createdAt: actor.now,
    }),
  ),
  ...groupIds.map((id) => insertMembers(id, [account.id], 'MEMBER', actor.now)),
]

/** The same of an account that is there already. */
const giveToUser = (db: Database, actor: Actor, account: Account, promised: Promised): Statement[] => [
  ...(promised.isSuperadmin ? [updateAccount(db, account.id, { isSuperadmin: true })] : []),
  ...give(db, actor, account, promised),
  ...record(db, actor, {
    ...accountDeed('UPDATE', account, promised.tenantId),
    before: account,
    after: { ...account, ...given(promised) },
  }),
]

/** The statements that close the door behind who came in. */
const takeUp = (db: Database, actor: Actor, invitation: Invitation): Statement[] => [
  acceptInvitation(db, invitation.id, actor.now),
  ...record(db, actor, {
    ...deedOn('UPDATE', { ...invitation, acceptedAt: actor.now }),
    before: invitation,
  }),
]

const given = ({ roles, groupIds, isSuperadmin }: Promised) => ({
  roles,
  groupIds,
  ...(isSuperadmin ? { isSuperadmin } : {}),
})

const deedOn = (type: 'CREATE' | 'UPDATE' | 'DELETE', invitation: Invitation): Deed => ({
  type,
  resource: 'INVITATION',
  id: invitation.id,
  tenant: invitation.tenantId,
  [type === 'DELETE' ? 'before' : 'after']: invitation,
})
