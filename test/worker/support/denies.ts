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

/** Sends a request with a credential, and says that it was refused. */
async function expectRefusal(request: Request, credential: Call, status: 401 | 403, code: string) {
  const answer = await call(request.path, { ...request, ...credential })
  const body = await answer.json()
  const message = status === 401 ? 'Unauthorized' : 'Forbidden'
  const shape = request.path.startsWith('/oauth/') ? { error: 'invalid_token' } : { message }
  expect({ status: answer.status, body }).toMatchObject({ status, body: { ...shape, code } })
  expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="postern"/)
  // Neither may who comes next get it from a cache.
  expect(answer.headers.get('Cache-Control')).toBe('no-store')
}

/** Whatever was refused, nothing came or went by it. */
async function leavesNothing(refuse: () => Promise<void>): Promise<void> {
  const before = await inventory()
  await refuse()
  expect(await inventory()).toBe(before)
}

/** A bot that has every right, and the ways in which its token can be worth nothing. */
export async function deniesCredentials(request: Request, bot: Bot, by: Call): Promise<void> {
  const minted = await mintToken(bot.id, { by, maxAge: 'PT1H' })
  const good = { token: minted.fullToken }
  // What may lag behind a change does not when it is asked not to.
  const strict = { ...request, headers: { ...request.headers, 'Postern-Consistency': 'strict' } }
  await leavesNothing(async () => {
    await expectRefusal(request, {}, 401, 'credentials_missing')
    await expectRefusal(request, { authorization: 'Bearer' }, 401, 'credentials_malformed')
    await expectRefusal(request, { token: good.token.slice(0, -1) }, 401, 'token_malformed')
    await later(HOUR, () => expectRefusal(request, good, 401, 'token_expired'))
  })
  await setDisabled(bot.id, 1)
  await leavesNothing(() => expectRefusal(strict, good, 401, 'account_disabled'))
  await setDisabled(bot.id, null)
  await call('/oauth/revoke', { body: new URLSearchParams(good) })
  await leavesNothing(() => expectRefusal(strict, good, 401, 'token_unknown'))
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
  if (access.kind === 'signed-in') return {}
  if (access.kind === 'user')
    return { 'a service account with every right': await bot(everything(), { namespace: null }) }
  if (access.kind === 'superadmin')
    return { 'a tenant’s administrator': await bot(everything(), { namespace: null }) }
  const right = only(permissionOf(access))
  const others =
    access.kind === 'resource' ? withoutResource(access.resource) : everythingBut(access.permission)
  const misses = {
    'every other right': await bot(others, { namespace: null }),
    'the right in another tenant': await bot(right, { namespace: null, tenant }),
  }
  if (access.kind === 'permission' && access.where === 'anywhere') return misses
  return {
    ...misses,
    'the right in another namespace': await bot(right, { namespace: 'production' }),
    'the right in a namespace below': await bot(right, { namespace: 'prod.below' }),
  }
}

const REFUSALS = {
  public: '',
  'signed-in': '',
  user: 'users_only',
  superadmin: 'superadmin_required',
  permission: 'permission_missing',
  resource: 'permission_missing',
}

export const deniesRight = (request: Request, access: Access, misses: NearMisses): Promise<void> =>
  leavesNothing(async () => {
    for (const credential of Object.values(misses)) {
      await expectRefusal(request, credential, 403, REFUSALS[access.kind])
    }
  })

/** One that is enough. */
export const permissionOf = (access: Extract<Access, { kind: 'permission' | 'resource' }>): Permission =>
  access.kind === 'permission' ? access.permission : `${access.resource}:VIEW`

export const only = (permission: Permission): Permissions => {
  const [resource = '', action = ''] = permission.split(':')
  // Beside a word of the new vocabulary, CREATE, UPDATE and DELETE mean just themselves.
  return { [resource]: [action] }
}

const everything = (): Permissions =>
  Object.fromEntries(resourceNames.map((resource) => [resource, actionsOf(resource)]))

const withoutResource = (resource: ResourceName): Permissions =>
  Object.fromEntries(Object.entries(everything()).filter(([name]) => name !== resource))

function everythingBut(permission: Permission): Permissions {
  const [resource, action] = permission.split(':') as [ResourceName, string]
  const rest = everything()
  rest[resource] = actionsOf(resource).filter((one) => one !== action)
  // MANAGE_FILES grants all there is on files.
  if (resource === 'NAMESPACE_FILE')
    rest.NAMESPACE = actionsOf('NAMESPACE').filter((one) => one !== 'MANAGE_FILES')
  return rest
}
