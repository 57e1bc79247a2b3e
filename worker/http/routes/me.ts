/** Whoever is signed in. API tokens of one's own stand with all others in `api-tokens.ts`. */

import { Me } from '../../../shared/wire/me.ts'
import { ChangePassword, PatchUser } from '../../../shared/wire/user.ts'
import { changeMe, changeMyPassword, readMe } from '../../accounts/me.ts'
import type { AccountWithTenants } from '../../accounts/users.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { anyUser, route, signedIn } from '../route.ts'
import { authsOf } from './users.ts'

const path = '/api/v1/me'

export const meRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'Read one’s own account',
    access: signedIn,
    answers: { 200: Me },
    handle: async ({ edge, principal }) =>
      answer(await readMe(edge.db, principal), (me) => json(200, toWireMe(me))),
  }),
  route({
    method: 'PATCH',
    path,
    summary: 'Change one’s own names and e-mail address',
    access: anyUser,
    body: jsonBody(PatchUser),
    answers: { 200: Me },
    handle: async ({ edge, principal, body }) =>
      answer(await changeMe(edge.db, edge.keys, principal, body), (me) => json(200, toWireMe(me))),
  }),
  route({
    method: 'PUT',
    path: `${path}/password`,
    summary: 'Change one’s own password and end all sessions',
    access: anyUser,
    body: jsonBody(ChangePassword),
    answers: { 200: null },
    handle: async ({ edge, principal, body }) =>
      answer(await changeMyPassword(edge.db, edge.keys, principal, body), () => empty(200)),
  }),
]

function toWireMe(me: AccountWithTenants): Me {
  const { id, kind, name, firstName, lastName, isSuperadmin, isRestricted } = me.account
  const profile = {
    email: name,
    ...(firstName === null ? {} : { firstName }),
    ...(lastName === null ? {} : { lastName }),
    username: name,
  }
  return {
    id,
    ...(kind === 'USER' ? { profile } : { name }),
    restricted: isRestricted,
    auths: authsOf(me),
    tenants: me.tenants.map((tenant) => ({ id: tenant.id, name: tenant.name })),
    superAdmin: isSuperadmin,
    instanceOwner: isSuperadmin,
  }
}
