/**
 * Every page of the console but those of namespace files, which may live elsewhere. In this order: a literal segment
 * before a parameter in the same place.
 */

import type { Page } from './page.ts'
import { auditPages } from './pages/audit/index.ts'
import { bindingPages } from './pages/bindings/index.ts'
import { explorerPage } from './pages/explorer.tsx'
import { groupPages } from './pages/groups/index.ts'
import { impersonationExitForm } from './pages/impersonation-exit.ts'
import { invitationForms } from './pages/invitation.tsx'
import { mePages } from './pages/me/index.ts'
import { overviewPage } from './pages/overview.tsx'
import { preferenceForms } from './pages/preferences.ts'
import { rolePages } from './pages/roles/index.ts'
import { serviceAccountPages } from './pages/service-accounts/index.ts'
import { settingsPages } from './pages/settings/index.ts'
import { setupForm } from './pages/setup.tsx'
import { signInForm, signOutForm } from './pages/sign-in.tsx'
import { userPages } from './pages/users/index.ts'

export const pages: readonly Page[] = [
  overviewPage,
  setupForm,
  signInForm,
  signOutForm,
  impersonationExitForm,
  ...preferenceForms,
  ...invitationForms,
  ...mePages,
  ...serviceAccountPages,
  ...auditPages,
  ...settingsPages,
  ...userPages,
  ...groupPages,
  ...rolePages,
  ...bindingPages,
  explorerPage,
]
