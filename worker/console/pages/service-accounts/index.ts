/** Service accounts: the list, and all that is done with one. */

import { accessPages } from '../account/access-pages.ts'
import { activityPage } from '../account/activity.tsx'
import { impersonateForm } from '../account/impersonate.tsx'
import { tokenPages } from '../account/tokens.tsx'
import { deleteForm } from './delete.tsx'
import { disableForm, enableForm } from './disable.tsx'
import { federationPages } from './federation/index.ts'
import { serviceAccountsPage } from './list.tsx'
import { createForm } from './new.tsx'
import { serviceAccountPlace } from './place.ts'
import { settingsForm } from './settings.tsx'

export const serviceAccountPages = [
  serviceAccountsPage,
  createForm,
  ...tokenPages(serviceAccountPlace),
  ...federationPages,
  settingsForm,
  disableForm,
  enableForm,
  deleteForm,
  impersonateForm(serviceAccountPlace),
  activityPage(serviceAccountPlace),
  ...accessPages(serviceAccountPlace),
]
