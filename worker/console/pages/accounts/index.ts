/** What an account may do, and which groups it is in: the same pages for accounts of both kinds. */

import type { Page } from '../../page.ts'
import { accessPage } from './access.tsx'
import { groupsPage } from './groups.tsx'
import { joinGroupsForm } from './join-groups.tsx'
import type { AccountInFull, AccountPlace } from './place.ts'

export const accessPages = <Found extends AccountInFull>(place: AccountPlace<Found>): readonly Page[] => [
  accessPage(place),
  groupsPage(place),
  joinGroupsForm(place),
]
