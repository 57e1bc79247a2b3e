/** Invitations into a tenant, and the door they open. */

import * as v from 'valibot'
import { Email, TenantId } from '../../../shared/names.ts'
import { Id, pageOf, toDateTime } from '../../../shared/wire/common.ts'
import { AcceptInvitation, CreateInvitation, Invitation, STATUSES } from '../../../shared/wire/invitation.ts'
import { type Filter, listQuery } from '../../../shared/wire/list.ts'
import {
  accept,
  invitationFields,
  invite,
  listInvitations,
  listInvitationsFor,
  listInvitationsOf,
  type Invitation as Row,
  readInvitation,
  statusOf,
  withdrawInvitation,
} from '../../accounts/invitations.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { anyone, permit, route, signedIn } from '../route.ts'

const path = '/api/v1/:tenant/invitations'
const tenant = v.object({ tenant: TenantId })
const params = v.object({ tenant: TenantId, id: Id })

export const invitationRoutes = [
  route({
    method: 'POST',
    path: '/api/v1/invitations/accept',
    summary: 'Take an invitation up: the link’s token for an account with a password',
    // The token in the body is the credential.
    access: anyone,
    body: jsonBody(AcceptInvitation),
    answers: { 200: v.object({ id: v.string(), username: v.string() }) },
    handle: async ({ edge, verification, body, context }) => {
      await verification.records.refresh()
      return answer(await accept(edge.db, verification, body, context), ({ id, name }) =>
        json(200, { id, username: name }),
      )
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/me/invitations',
    summary: 'Read the invitations to one’s own e-mail address into tenants that one belongs to',
    access: signedIn,
    answers: { 200: v.array(Invitation) },
    handle: async ({ edge, principal, now }) => {
      const found = await listInvitationsOf(edge.db, principal.accountId, principal.name)
      return json(
        200,
        found.map((one) => toWire(one, now)),
      )
    },
  }),
  route({
    method: 'POST',
    path,
    summary:
      'Invite somebody: 204 when the user exists and is let in, 201 with a link to hand over otherwise',
    access: permit('INVITATION:CREATE'),
    params: tenant,
    body: jsonBody(CreateInvitation),
    answers: { 201: Invitation, 204: null },
    handle: async ({ edge, principal, params, body, address: { origin } }) =>
      answer(await invite(edge.db, edge.keys, principal, params.tenant, body), (invited) =>
        invited === undefined
          ? empty(204)
          : json(201, {
              ...toWire(invited.invitation, principal.now),
              link: `${origin}${edge.consolePath}/invitations/${invited.token}`,
            } satisfies Invitation),
      ),
  }),
  route({
    method: 'GET',
    path: `${path}/search`,
    summary: 'List a tenant’s invitations',
    access: permit('INVITATION:LIST'),
    params: tenant,
    query: listQuery(invitationFields, {
      email: v.optional(Id),
      status: v.optional(v.picklist(STATUSES, `must be one of ${STATUSES.join(', ')}`)),
    }),
    answers: { 200: pageOf(Invitation) },
    handle: async ({ edge, params, query, now }) => {
      const named = (['email', 'status'] as const).flatMap((field): Filter[] => {
        const value = query[field]
        return value === undefined ? [] : [{ field, operator: 'EQUALS', value }]
      })
      const filters = [...query.filters, ...named]
      const page = await listInvitations(edge.db, params.tenant, { ...query, filters }, now)
      return json(200, { ...page, results: page.results.map((one) => toWire(one, now)) })
    },
  }),
  route({
    method: 'GET',
    path: `${path}/email/:email`,
    summary: 'Read the invitations of one e-mail address',
    access: permit('INVITATION:LIST'),
    params: v.object({ tenant: TenantId, email: Email }),
    answers: { 200: v.array(Invitation) },
    handle: async ({ edge, params, now }) => {
      const found = await listInvitationsFor(edge.db, params.tenant, params.email)
      return json(
        200,
        found.map((one) => toWire(one, now)),
      )
    },
  }),
  route({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read an invitation',
    access: permit('INVITATION:VIEW'),
    params,
    answers: { 200: Invitation },
    handle: async ({ edge, params, now }) =>
      answer(await readInvitation(edge.db, params.tenant, params.id), (found) =>
        json(200, toWire(found, now)),
      ),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Withdraw an invitation: its link opens nothing any more',
    access: permit('INVITATION:DELETE'),
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await withdrawInvitation(edge.db, principal, params.tenant, params.id), () => empty(204)),
  }),
]

const toWire = (invitation: Row, now: number): Invitation => ({
  id: invitation.id,
  email: invitation.email,
  status: statusOf(invitation, now),
  tenantId: invitation.tenantId,
  roles: invitation.roles,
  groups: invitation.groupIds,
  superAdmin: invitation.isSuperadmin,
  instanceOwner: invitation.isSuperadmin,
  sentAt: toDateTime(invitation.createdAt),
  expiredAt: toDateTime(invitation.expiresAt),
  ...(invitation.acceptedAt === null ? {} : { acceptedAt: toDateTime(invitation.acceptedAt) }),
})
