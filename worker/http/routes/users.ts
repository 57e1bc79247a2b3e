/** Users, at the instance. */

import * as v from 'valibot'
import { Id } from '../../../shared/wire/common.ts'
import { CreateUser, SetPassword, User } from '../../../shared/wire/user.ts'
import { displayNameOf } from '../../accounts/display-name.ts'
import { createUser, readUser, removeUser, setPassword, type UserInFull } from '../../accounts/users.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { route, superadmin } from '../route.ts'

const path = '/api/v1/users'
const params = v.object({ id: Id })

export const userRoutes = [
  route({
    method: 'POST',
    path,
    summary: 'Create a user',
    access: superadmin,
    body: jsonBody(CreateUser),
    answers: { 201: User },
    handle: async ({ edge, principal, body }) =>
      answer(await createUser(edge.db, edge.keys, principal, body), (user) => json(201, toWireUser(user))),
  }),
  route({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read a user',
    access: superadmin,
    params,
    answers: { 200: User },
    handle: async ({ edge, params }) =>
      answer(await readUser(edge.db, params.id), (user) => json(200, toWireUser(user))),
  }),
  route({
    method: 'PATCH',
    path: `${path}/:id/password`,
    summary: 'Set a user’s password',
    access: superadmin,
    params,
    body: jsonBody(SetPassword),
    answers: { 200: User },
    handle: async ({ edge, principal, params, body }) =>
      answer(await setPassword(edge.db, edge.keys, principal, params.id, body.password), (user) =>
        json(200, toWireUser(user)),
      ),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Delete a user with all tokens and bindings',
    access: superadmin,
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await removeUser(edge.db, principal, params.id), () => empty(204)),
  }),
]

export function toWireUser({ account, tenants }: UserInFull): User {
  const { id, name, firstName, lastName, isSuperadmin } = account
  return {
    id,
    username: name,
    displayName: displayNameOf(account),
    ...(firstName === null ? {} : { firstName }),
    ...(lastName === null ? {} : { lastName }),
    email: name,
    tenants: tenants.map((tenant) => ({ id: tenant.id, name: tenant.name })),
    superAdmin: isSuperadmin,
    instanceOwner: isSuperadmin,
  }
}
