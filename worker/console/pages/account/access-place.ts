/** Where the pages about access and groups stand: as those about tokens, and whom they are about has groups. */

import type { GroupOfAccount } from '../../../accounts/memberships.ts'
import type { Found, Place } from './place.ts'

export interface AccountInFull extends Found {
  /** Of the tenant. */
  readonly groups: readonly GroupOfAccount[]
}

export type AccessPlace<F extends AccountInFull = AccountInFull> = Pick<
  Place<F>,
  'path' | 'params' | 'find' | 'Frame'
> & { readonly access: Pick<Place<F>['access'], 'view'> }
