/** Service accounts of a tenant, as the pages that serve accounts of every kind see them. */

import {
  readManagedServiceAccount,
  readServiceAccount,
  type ServiceAccountInFull,
} from '../../../accounts/service-accounts.ts'
import { permit } from '../../../http/route.ts'
import { at } from '../../visit.ts'
import type { Place } from '../account/place.ts'
import { AccountPage, accountParams } from './account.tsx'

export const serviceAccountPlace: Place<ServiceAccountInFull> = {
  path: '/:tenant/iam/service-accounts/:id',
  listPath: '',
  params: accountParams,
  access: {
    view: permit('SERVICE_ACCOUNT:VIEW'),
    mint: permit('SERVICE_ACCOUNT:UPDATE'),
    revoke: permit('SERVICE_ACCOUNT:DELETE'),
  },
  find: ({ db }, _, { id = '', tenant }) => readServiceAccount(db, id, tenant),
  findManaged: ({ db }, principal, { id = '', tenant }) =>
    readManagedServiceAccount(db, principal, id, tenant),
  Frame: AccountPage,
  at: (visit, { account }, ...parts) => at(visit, 'iam', 'service-accounts', account.id, ...parts),
}
