/** Service accounts as a place for the pages that all accounts have. */

import { readServiceAccount, type ServiceAccountInFull } from '../../../accounts/service-accounts.ts'
import type { AccountPlace } from '../accounts/place.ts'
import { AccountPage } from './account.tsx'

export const serviceAccountPlace: AccountPlace<ServiceAccountInFull> = {
  path: '/:tenant/iam/service-accounts/:id',
  kind: 'SERVICE_ACCOUNT',
  view: 'SERVICE_ACCOUNT:VIEW',
  read: ({ db }, tenant, id) => readServiceAccount(db, id, tenant),
  Frame: AccountPage,
}
