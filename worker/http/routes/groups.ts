/** Groups of a tenant, and who is in them. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { Autocomplete, Id, IdsRequest, pageOf } from '../../../shared/wire/common.ts'
import { CreateGroup, Group, Member, Membership, WriteGroup } from '../../../shared/wire/group.ts'
import { listQuery } from '../../../shared/wire/list.ts'
import { displayNameOf } from '../../accounts/display-name.ts'
import {
  createGroup,
  findGroups,
  groupFields,
  listGroups,
  type Group as Row,
  readGroup,
  removeGroup,
  replaceGroup,
} from '../../accounts/groups.ts'
import {
  addMember,
  listMembers,
  type MemberInFull,
  memberFields,
  ownsGroup,
  removeMember,
  setMembership,
} from '../../accounts/memberships.ts'
import { answer, empty, json } from '../answer.ts'
import { suggest } from '../autocomplete.ts'
import { jsonBody } from '../body.ts'
import { type Exception, permit, route } from '../route.ts'

const path = '/api/v1/:tenant/groups'
const tenant = v.object({ tenant: TenantId })
const params = v.object({ tenant: TenantId, id: Id })
const memberParams = v.object({ ...params.entries, account: Id })

/** A tenant's id in another tenant's path would be found as well: the handlers look for the group in the tenant. */
export const asOwner: Exception = ({ db }, principal, params) =>
  ownsGroup(db, principal, (params as { id: string }).id)

export const groupRoutes = [
  route({
    method: 'GET',
    path: `${path}/search`,
    summary: 'List a tenant’s groups',
    access: permit('GROUP:LIST'),
    params: tenant,
    query: listQuery(groupFields),
    answers: { 200: pageOf(Group) },
    handle: async ({ edge, params, query }) => {
      const { results, total } = await listGroups(edge.db, params.tenant, query)
      return json(200, { results: results.map(toWire), total })
    },
  }),
  route({
    method: 'POST',
    path: `${path}/autocomplete`,
    summary: 'Suggest groups by a part of their name',
    access: permit('GROUP:LIST'),
    params: tenant,
    body: jsonBody(Autocomplete),
    answers: { 200: v.array(Group) },
    handle: async ({ edge, params, body }) => {
      const found = await suggest(
        body,
        (query) => listGroups(edge.db, params.tenant, query),
        (ids) => findGroups(edge.db, params.tenant, ids),
      )
      return json(200, found.map(toWire))
    },
  }),
  route({
    method: 'POST',
    path: `${path}/ids`,
    summary: 'Read groups by their ids; unknown ones are left out',
    access: permit('GROUP:LIST'),
    params: tenant,
    body: jsonBody(IdsRequest),
    answers: { 200: v.array(Group) },
    handle: async ({ edge, params, body }) =>
      json(200, (await findGroups(edge.db, params.tenant, body.ids)).map(toWire)),
  }),
  route({
    method: 'POST',
    path,
    summary: 'Create a group',
    access: permit('GROUP:CREATE'),
    params: tenant,
    body: jsonBody(CreateGroup),
    answers: { 200: Group },
    handle: async ({ edge, principal, params, body }) =>
      answer(await createGroup(edge.db, principal, params.tenant, body), (group) => json(200, toWire(group))),
  }),
  route({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read a group',
    access: permit('GROUP:VIEW'),
    params,
    answers: { 200: Group },
    handle: async ({ edge, params }) =>
      answer(await readGroup(edge.db, params.tenant, params.id), (group) => json(200, toWire(group))),
  }),
  route({
    method: 'PUT',
    path: `${path}/:id`,
    summary: 'Replace a group’s name and description',
    access: permit('GROUP:UPDATE'),
    params,
    body: jsonBody(WriteGroup),
    answers: { 200: Group },
    handle: async ({ edge, principal, params, body }) =>
      answer(await replaceGroup(edge.db, principal, params.tenant, params.id, body), (group) =>
        json(200, toWire(group)),
      ),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Delete a group with all its bindings and memberships',
    access: permit('GROUP:DELETE'),
    params,
    answers: { 200: null },
    handle: async ({ edge, principal, params }) =>
      answer(await removeGroup(edge.db, principal, params.tenant, params.id), () => empty(200)),
  }),

  route({
    method: 'GET',
    path: `${path}/:id/members`,
    summary: 'List who is in a group',
    access: permit('GROUP:VIEW', { or: asOwner }),
    params,
    query: listQuery(memberFields),
    answers: { 200: pageOf(Member) },
    handle: async ({ edge, params, query }) =>
      answer(await listMembers(edge.db, params.tenant, params.id, query), ({ results, total }) =>
        json(200, { results: results.map(toWireMember), total }),
      ),
  }),
  route({
    method: 'PUT',
    path: `${path}/:id/members/membership/:account`,
    summary: 'Make a member an owner of the group, or a plain member again',
    access: permit('GROUP:MANAGE_MEMBERS', { or: asOwner }),
    params: memberParams,
    query: v.object({ membership: Membership }),
    answers: { 200: Member },
    handle: async ({ edge, principal, params, query }) =>
      answer(
        await setMembership(edge.db, principal, params.tenant, params.id, params.account, query.membership),
        (member) => json(200, toWireMember(member)),
      ),
  }),
  route({
    method: 'PUT',
    path: `${path}/:id/members/:account`,
    summary: 'Add a user or service account to a group, by id or e-mail address',
    access: permit('GROUP:MANAGE_MEMBERS', { or: asOwner }),
    params: memberParams,
    answers: { 200: Member },
    handle: async ({ edge, principal, params }) =>
      answer(await addMember(edge.db, principal, params.tenant, params.id, params.account), (member) =>
        json(200, toWireMember(member)),
      ),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id/members/:account`,
    summary: 'Remove an account from a group',
    access: permit('GROUP:MANAGE_MEMBERS', { or: asOwner }),
    params: memberParams,
    answers: { 200: Member },
    handle: async ({ edge, principal, params }) =>
      answer(await removeMember(edge.db, principal, params.tenant, params.id, params.account), (member) =>
        json(200, toWireMember(member)),
      ),
  }),
]

const toWire = ({ id, name, description }: Row): Group => ({
  id,
  name,
  ...(description === null ? {} : { description }),
})

const toWireMember = ({ account, groups }: MemberInFull): Member => ({
  id: account.id,
  username: account.name,
  displayName: displayNameOf(account),
  groups: groups.map(({ id, name, membership }) => ({ id, name, external: false, membership })),
})
