/** Service accounts: the list, and all that is done with one. */

import { accessPages } from '../account/access-pages.ts'
import { serviceAccountsPage } from './list.tsx'
import { createForm } from './new.tsx'
import { serviceAccountPlace } from './place.ts'
import { tokensPage } from './tokens.tsx'

export const serviceAccountPages = [
  serviceAccountsPage,
  createForm,
  tokensPage,
  ...accessPages(serviceAccountPlace),
]
