/** Groups: the list, who is in one, and what it holds. */

import { groupAccessPage } from './access.tsx'
import { addMembersForm } from './add-members.tsx'
import { deleteGroupForm } from './delete.tsx'
import { groupsPage } from './list.tsx'
import { memberPage, membershipForm, removeMemberForm } from './member.tsx'
import { membersPage } from './members.tsx'
import { createGroupForm } from './new.tsx'
import { groupSettingsForm } from './settings.tsx'

export const groupPages = [
  groupsPage,
  createGroupForm,
  membersPage,
  addMembersForm,
  memberPage,
  membershipForm,
  removeMemberForm,
  groupAccessPage,
  groupSettingsForm,
  deleteGroupForm,
]
