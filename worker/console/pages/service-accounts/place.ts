/** Service accounts of a tenant, as the pages that serve accounts of every kind see them. */

import { readServiceAccount, type ServiceAccountInFull } from '../../../accounts/service-accounts.ts'
import { permit } from '../../../http/route.ts'
import type { AccessPlace } from '../account/access-place.ts'
import { AccountPage, accountParams } from './account.tsx'

export const serviceAccountPlace: AccessPlace<ServiceAccountInFull> = {
  path: '/:tenant/iam/service-accounts/:id',
  params: accountParams,
  access: { view: permit('SERVICE_ACCOUNT:VIEW') },
  find: ({ db }, _, { id = '', tenant }) => readServiceAccount(db, id, tenant),
  Frame: AccountPage,
}
