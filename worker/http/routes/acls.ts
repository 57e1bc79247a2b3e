/** What roles can be made of: for those who make them. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { actionsOf, resourceNames } from '../../../shared/permissions.ts'
import { MANAGED_ROLES } from '../../access/managed-roles.ts'
import { json } from '../answer.ts'
import { permitAnyOf, route } from '../route.ts'

const path = '/api/v1/:tenant/acls'
const params = v.object({ tenant: TenantId })
const Permissions = v.record(v.string(), v.array(v.string()))

export const aclRoutes = [
  route({
    method: 'GET',
    path: `${path}/permissions`,
    summary: 'All resources with their actions',
    access: permitAnyOf('ROLE'),
    params,
    answers: { 200: Permissions },
    handle: async () =>
      json(200, Object.fromEntries(resourceNames.map((resource) => [resource, actionsOf(resource)]))),
  }),
  route({
    method: 'GET',
    path: `${path}/templates`,
    summary: 'The permissions of the managed roles, to start a role of one’s own from',
    access: permitAnyOf('ROLE'),
    params,
    answers: { 200: v.record(v.string(), Permissions) },
    handle: async () =>
      json(
        200,
        Object.fromEntries(
          Object.entries(MANAGED_ROLES).map(([name, permissions]) => [name.toUpperCase(), permissions]),
        ),
      ),
  }),
  route({
    method: 'GET',
    path: `${path}/actions`,
    summary: 'All actions of all resources, as older clients ask for them',
    access: permitAnyOf('ROLE'),
    params,
    answers: { 200: v.array(v.string()) },
    handle: async () => json(200, [...new Set(resourceNames.flatMap(actionsOf))]),
  }),
]
