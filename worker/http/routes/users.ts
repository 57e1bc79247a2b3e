/** Users: at the instance all that there is to them, in a tenant the groups they are in. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Id, pageOf, readSuperAdmin } from '../../../shared/wire/common.ts'
import { listQuery } from '../../../shared/wire/list.ts'
import {
  type Auth,
  CreateUser,
  PatchUser,
  ReplaceUser,
  SetDisabled,
  SetGroups,
  SetPassword,
  SetRestricted,
  SetSuperAdmin,
  User,
  UserSummary,
} from '../../../shared/wire/user.ts'
import { changeUser, type UserChanges } from '../../accounts/change-user.ts'
import { displayNameOf } from '../../accounts/display-name.ts'
import { setGroupsIn } from '../../accounts/memberships.ts'
import { endSessions } from '../../accounts/sessions.ts'
import {
  type AccountWithTenants,
  createUser,
  listUsers,
  readUser,
  removeUser,
  type UserInFull,
  userFields,
} from '../../accounts/users.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { permit, type Route, route, superadmin } from '../route.ts'

const path = '/api/v1/users'
const params = v.object({ id: Id })

export const userRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'List users',
    access: superadmin,
    query: listQuery(userFields),
    answers: { 200: pageOf(UserSummary) },
    handle: async ({ edge, query }) => {
      const { results, total } = await listUsers(edge.db, query)
      return json(200, { results: results.map(toSummary), total })
    },
  }),
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
  change({
    method: 'PUT',
    path: `${path}/:id`,
    summary: 'Replace what is said of a user; what is left out stays',
    body: ReplaceUser,
    toChanges: ({ email, firstName, lastName, password, tenants, groups, restricted, ...flags }) => ({
      email,
      firstName,
      lastName,
      password: password ?? undefined,
      tenants: tenants ?? undefined,
      groups: groups ?? undefined,
      isRestricted: restricted ?? undefined,
      isSuperadmin: readSuperAdmin(flags),
    }),
  }),
  change({
    method: 'PATCH',
    path: `${path}/:id`,
    summary: 'Change a user’s names and e-mail address',
    body: PatchUser,
    toChanges: ({ email, ...names }) => ({ ...names, email: email ?? undefined }),
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

  change({
    method: 'PATCH',
    path: `${path}/:id/password`,
    summary: 'Set a user’s password and end all sessions',
    body: SetPassword,
    toChanges: ({ password }) => ({ password }),
  }),
  // Kestra 2.0 calls the flag instance owner; clients of before and after use either path.
  ...['superadmin', 'instance-owner'].map((flag) =>
    change({
      method: 'PATCH',
      path: `${path}/:id/${flag}`,
      summary: 'Make a user a superadmin, or take that back',
      body: SetSuperAdmin,
      toChanges: (body) => ({ isSuperadmin: readSuperAdmin(body) }),
      isAnswerEmpty: true,
    }),
  ),
  change({
    method: 'PATCH',
    path: `${path}/:id/restricted`,
    summary: 'Set a user’s flag that is kept for Kestra',
    body: SetRestricted,
    toChanges: ({ restricted }) => ({ isRestricted: restricted }),
    isAnswerEmpty: true,
  }),
  change({
    method: 'PATCH',
    path: `${path}/:id/disabled`,
    summary: 'Disable a user and end all sessions, or enable it again',
    body: SetDisabled,
    toChanges: ({ disabled }) => ({ isDisabled: disabled }),
    isAnswerEmpty: true,
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id/auths/:auth`,
    summary: 'Take a way to sign in from a user: by its id, name or type',
    access: superadmin,
    params: v.object({ id: Id, auth: Id }),
    answers: { 200: User },
    handle: async ({ edge, principal, params: { id, auth } }) => {
      const found = await readUser(edge.db, id)
      if (!found.ok) return found.error
      const isThere = authsOf(found.value).some((one) => Object.values(one).includes(auth))
      if (!isThere) return { code: 'not_found', what: 'auth', id: auth }
      return answer(await changeUser(edge.db, edge.keys, principal, id, { password: null }), (user) =>
        json(200, toWireUser(user)),
      )
    },
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id/refresh-token`,
    summary: 'End all sessions of a user; API tokens stay',
    access: superadmin,
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await endSessions(edge.db, principal, params.id), () => empty(204)),
  }),
  route({
    method: 'PUT',
    path: '/api/v1/:tenant/users/:id/groups',
    summary: 'Replace the groups a user is in, in one tenant',
    access: permit('GROUP:MANAGE_MEMBERS'),
    params: v.object({ tenant: TenantId, id: Id }),
    body: jsonBody(SetGroups),
    answers: { 204: null },
    handle: async ({ edge, principal, params, body }) =>
      answer(await setGroupsIn(edge.db, principal, params.tenant, params.id, body.groupIds), () =>
        empty(204),
      ),
  }),
]

/** A change of a user, answered with the user or with nothing. */
function change<S extends v.GenericSchema>({
  toChanges,
  isAnswerEmpty = false,
  body: schema,
  ...declared
}: {
  readonly method: 'PUT' | 'PATCH'
  readonly path: string
  readonly summary: string
  readonly body: S
  readonly toChanges: (body: v.InferOutput<S>) => UserChanges
  readonly isAnswerEmpty?: boolean
}): Route {
  return route({
    ...declared,
    access: superadmin,
    params,
    body: jsonBody(schema),
    answers: { 200: isAnswerEmpty ? null : User },
    handle: async ({ edge, principal, params, body }) =>
      answer(await changeUser(edge.db, edge.keys, principal, params.id, toChanges(body)), (user) =>
        isAnswerEmpty ? empty(200) : json(200, toWireUser(user)),
      ),
  })
}

export function toWireUser(user: UserInFull): User {
  const { name, firstName, lastName, isRestricted, disabledAt } = user.account
  return {
    ...toSummary(user),
    ...(firstName === null ? {} : { firstName }),
    ...(lastName === null ? {} : { lastName }),
    email: name,
    groups: user.groups.map(({ id, tenantId }) => ({ id, tenantId })),
    restricted: isRestricted,
    ...(disabledAt === null ? {} : { disabled: true }),
  }
}

function toSummary(user: AccountWithTenants): UserSummary {
  const { id, name, isSuperadmin } = user.account
  return {
    id,
    username: name,
    displayName: displayNameOf(user.account),
    tenants: user.tenants.map((tenant) => ({ id: tenant.id, name: tenant.name })),
    auths: authsOf(user),
    superAdmin: isSuperadmin,
    instanceOwner: isSuperadmin,
  }
}

const PASSWORD: Auth = { id: 'basic-auth', name: 'password', type: 'BASIC_AUTH' }

/** Within one user that is all there can be, so its id needs to tell nothing more apart. */
export const authsOf = ({ account }: Pick<AccountWithTenants, 'account'>): Auth[] =>
  account.password === null ? [] : [PASSWORD]
