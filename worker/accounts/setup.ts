/** First run: the superadmin, the first tenant with its managed roles, and the first signing key, all or nothing. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { SetupRequest } from '../../shared/wire/setup.ts'
import type { RequestContext } from '../access/principal.ts'
import { record } from '../audit/record.ts'
import {
  type Account,
  insertAccount,
  anyAccountExists as isSetUp,
  onlyWithoutAccounts,
} from '../storage/accounts.ts'
import { type Database, write } from '../storage/database.ts'
import { insertInstance, findInstanceId as readInstanceId } from '../storage/instance.ts'
import { insertSigningKey } from '../storage/tokens.ts'
import { foundTenant } from '../tenancy/tenants.ts'
import type { TokenError } from '../tokens/errors.ts'
import type { Keys } from '../tokens/keys.ts'
import { createSigningKey } from '../tokens/signing-keys.ts'
import { deedOn } from './deed.ts'
import type { AccountError } from './errors.ts'
import { newAccount } from './new-account.ts'
import { hashPassword } from './passwords.ts'
import { inProofSlot } from './proof-slots.ts'
import { isSameSecret, markOf } from './setup-token.ts'

export { isSetUp, readInstanceId }

/** Who may set up: whoever has the one-time secret, or anyone where an administrator's machine runs the worker. */
export type SetupPolicy =
  | { readonly kind: 'open' }
  | { readonly kind: 'token'; readonly token: string | undefined }

const OWN_MACHINE = ['127.0.0.1', 'localhost', '[::1]']

/**
 * A setting that came along to a deployment opens nothing there, nor does a page of somebody's whose name was made to lead to
 * this machine.
 *
 * @param origin of the request
 */
export const isOpenTo = ({ kind }: SetupPolicy, origin: string): boolean =>
  kind === 'open' && OWN_MACHINE.includes(new URL(origin).hostname)

/** The new superadmin also gets the Admin role in the new tenant: the flag alone shows no tenant's data. */
export async function setUp(
  db: Database,
  keys: Keys,
  policy: SetupPolicy,
  request: SetupRequest,
  origin: string,
  context: RequestContext,
): Promise<Result<Account, AccountError | TokenError>> {
  if (await isSetUp(db)) return err({ code: 'setup_done' })
  const token = policy.kind === 'token' ? policy.token : undefined
  if (!isOpenTo(policy, origin) && !(await isSameSecret(request.setupToken, token))) {
    return err({ code: 'setup_refused' })
  }
  return inProofSlot(context.now, () => begin(db, keys, request, context))
}

async function begin(
  db: Database,
  keys: Keys,
  { username, password, tenant, setupToken }: SetupRequest,
  context: RequestContext,
): Promise<Result<Account, AccountError>> {
  const { now } = context
  const account = newAccount('USER', username, now, {
    password: await hashPassword(keys, password),
    isSuperadmin: true,
  })
  const written = await write(db, [
    // Two set-ups at once: one wins.
    onlyWithoutAccounts,
    insertAccount(db, account),
    ...foundTenant(
      db,
      { id: tenant.id, name: tenant.name ?? tenant.id, attributes: {}, createdAt: now },
      account.id,
    ),
    insertInstance(db, crypto.randomUUID(), setupToken ? await markOf(keys, setupToken) : null),
    insertSigningKey(db, await createSigningKey(keys, now)),
    ...record(db, { accountId: account.id, name: username, ...context }, deedOn('CREATE', account)),
  ])
  if (written.ok) return ok(account)
  if (written.error.on === 'setup_open') return err({ code: 'setup_done' })
  throw new Error(`The set-up stumbled over ${written.error.on}`)
}
