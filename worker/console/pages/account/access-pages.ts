/**
 * What an account may do, and which groups it is in: the same pages for service accounts and for users, each under its
 * own address, permission and frame.
 */

import type { Page } from '../../page.ts'
import { accessPage } from './access.tsx'
import type { AccessPlace, AccountInFull } from './access-place.ts'
import { groupsPage } from './groups.tsx'
import { joinGroupsForm } from './join-groups.tsx'

export const accessPages = <Found extends AccountInFull>(place: AccessPlace<Found>): readonly Page[] => [
  accessPage(place),
  groupsPage(place),
  joinGroupsForm(place),
]
