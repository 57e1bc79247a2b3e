/** Oneself, as the pages about tokens see it. */

import * as v from 'valibot'
import { readMe } from '../../../accounts/me.ts'
import type { AccountWithTenants } from '../../../accounts/users.ts'
import { anyUser } from '../../../http/route.ts'
import { at } from '../../visit.ts'
import type { Place } from '../account/place.ts'
import { MePage } from './frame.tsx'

const find: Place<AccountWithTenants>['find'] = ({ db }, principal) => readMe(db, principal)

export const mePlace: Place<AccountWithTenants> = {
  path: '/me',
  listPath: '/tokens',
  params: v.object({}),
  access: { view: anyUser, mint: anyUser, revoke: anyUser },
  find,
  findManaged: find,
  Frame: MePage,
  // What one may do oneself is what the explorer begins with.
  at: (visit, _, ...parts) =>
    parts[0] === 'access'
      ? at(visit, 'iam', 'access')
      : [`${visit.base}/me`, ...parts.map(encodeURIComponent)].join('/'),
}
