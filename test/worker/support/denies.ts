/** The refusals that every route with an access rule gives, whatever it does otherwise. */

import { expect } from 'vitest'
import { actionsOf, type Permission, type ResourceName, resourceNames } from '../../../shared/permissions.ts'
import type { Access } from '../../../worker/http/route.ts'
import { HOUR, later } from './clock.ts'
import { type Bot, type Call, call, createBot, inventory, mintToken, setDisabled } from './edge.ts'

type Permissions = Record<string, string[]>

export interface Request extends Call {
  readonly path: string
}

/** Sends a request with a credential, and says that it was refused and left everything as it was. */
async function expectRefusal(request: Request, credential: Call, status: 401 | 403, code: string) {
  const before = await inventory()
  const answer = await call(request.path, { ...request, ...credential })
  const body = await answer.json()
  expect({ status: answer.status, body }).toMatchObject({
    status,
    body: { message: status === 401 ? 'Unauthorized' : 'Forbidden', code },
  })
  expect(await inventory()).toBe(before)
}

/** A bot that has every right, and the ways in which its token can be worth nothing. */
export async function deniesCredentials(request: Request, bot: Bot, by: Call): Promise<void> {
  const minted = await mintToken(bot.id, { by, maxAge: 'PT1H' })
  const good = { token: minted.fullToken }
  await expectRefusal(request, {}, 401, 'credentials_missing')
  await expectRefusal(request, { authorization: 'Bearer' }, 401, 'credentials_malformed')
  await expectRefusal(request, { token: good.token.slice(0, -1) }, 401, 'token_malformed')
  await later(HOUR, () => expectRefusal(request, good, 401, 'token_expired'))
  // What may lag behind a change does not when it is asked not to.
  const strict = { ...request, headers: { ...request.headers, 'Postern-Consistency': 'strict' } }
  await setDisabled(bot.id, 1)
  await expectRefusal(strict, good, 401, 'account_disabled')
  await setDisabled(bot.id, null)
  await call('/oauth/revoke', { body: new URLSearchParams(good) })
  await expectRefusal(strict, good, 401, 'token_unknown')
}

/** Accounts that come close to a right and do not have it; made once for each right. */
export interface NearMisses {
  readonly [what: string]: Call
}

/** @param tenant another tenant than the request's */
export async function nearMisses(
  access: Exclude<Access, { kind: 'public' }>,
  tenant: string,
  by: Call,
): Promise<NearMisses> {
  const bot = async (permissions: Permissions, where: { namespace: string | null; tenant?: string }) => ({
    token: (await createBot(permissions, { by, ...where })).token,
  })
  if (access.kind === 'superadmin')
    return { 'a tenant’s administrator': await bot(everything(), { namespace: null }) }
  const right = only(access.permission)
  return {
    'every other right': await bot(everythingBut(access.permission), { namespace: null }),
    'the right in another namespace': await bot(right, { namespace: 'production' }),
    'the right in a namespace below': await bot(right, { namespace: 'prod.below' }),
    'the right in another tenant': await bot(right, { namespace: null, tenant }),
  }
}

export async function deniesRight(request: Request, access: Access, credential: Call): Promise<void> {
  const code = access.kind === 'superadmin' ? 'superadmin_required' : 'permission_missing'
  await expectRefusal(request, credential, 403, code)
}

export const only = (permission: Permission): Permissions => {
  const [resource = '', action = ''] = permission.split(':')
  // Beside a word of the new vocabulary, CREATE, UPDATE and DELETE mean just themselves.
  return { [resource]: [action] }
}

const everything = (): Permissions =>
  Object.fromEntries(resourceNames.map((resource) => [resource, actionsOf(resource)]))

function everythingBut(permission: Permission): Permissions {
  const [resource, action] = permission.split(':') as [ResourceName, string]
  const rest = everything()
  rest[resource] = actionsOf(resource).filter((one) => one !== action)
  // MANAGE_FILES grants all there is on files.
  if (resource === 'NAMESPACE_FILE')
    rest.NAMESPACE = actionsOf('NAMESPACE').filter((one) => one !== 'MANAGE_FILES')
  return rest
}
