/** Users of a tenant, as the pages that serve accounts of every kind see them. */

import { readSeenUser, type UserSeen } from '../../../accounts/tenant-users.ts'
import { permit, superadmin } from '../../../http/route.ts'
import { at } from '../../visit.ts'
import type { Place } from '../account/place.ts'
import { UserPage, userParams } from './user.tsx'

const find: Place<UserSeen>['find'] = ({ db }, principal, { id = '', tenant = '' }) =>
  readSeenUser(db, principal, tenant, id)

/** A user's tokens are the instance's business, in the API too: a user may work in many tenants. */
export const userPlace: Place<UserSeen> = {
  path: '/:tenant/iam/users/:id',
  listPath: '/tokens',
  params: userParams,
  access: { view: superadmin, mint: superadmin, revoke: superadmin },
  find,
  findManaged: find,
  Frame: UserPage,
  at: (visit, { account }, ...parts) => at(visit, 'iam', 'users', account.id, ...parts),
}

export const userAccessPlace = { ...userPlace, access: { view: permit('USER:VIEW') } }
