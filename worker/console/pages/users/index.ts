/** Users: the list, invitations, and all that is done with one. A literal segment before an id. */

import { accessPages } from '../account/access-pages.ts'
import { activityPage } from '../account/activity.tsx'
import { impersonateForm } from '../account/impersonate.tsx'
import { tokenPages } from '../account/tokens.tsx'
import { invitationsPage, withdrawForm } from './invitations.tsx'
import { inviteForm } from './invite.tsx'
import { usersPage } from './list.tsx'
import { createForm } from './new.tsx'
import { outOfUseForms } from './out-of-use.tsx'
import { passwordForm } from './password.tsx'
import { userAccessPlace, userPlace } from './place.ts'
import { userPage } from './profile.tsx'
import { endSessionsForm, settingsForm } from './settings.tsx'

export const userPages = [
  usersPage,
  createForm,
  inviteForm,
  invitationsPage,
  withdrawForm,
  userPage,
  settingsForm,
  endSessionsForm,
  passwordForm,
  ...outOfUseForms,
  ...tokenPages(userPlace),
  ...accessPages(userAccessPlace),
  impersonateForm(userPlace),
  activityPage(userPlace),
]
