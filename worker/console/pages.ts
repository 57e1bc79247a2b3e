/** Every page of the console. In this order: a literal segment before a parameter in the same place. */

import type { Page } from './page.ts'
import { impersonationExitForm } from './pages/impersonation-exit.ts'
import { overviewPage } from './pages/overview.tsx'
import { preferenceForms } from './pages/preferences.ts'
import { serviceAccountPages } from './pages/service-accounts/index.ts'
import { setupForm } from './pages/setup.tsx'
import { signInForm, signOutForm } from './pages/sign-in.tsx'

export const pages: readonly Page[] = [
  overviewPage,
  setupForm,
  signInForm,
  signOutForm,
  impersonationExitForm,
  ...preferenceForms,
  ...serviceAccountPages,
]
