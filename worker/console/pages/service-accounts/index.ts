/** Service accounts: the list, and all that is done with one. */

import { serviceAccountsPage } from './list.tsx'
import { createForm } from './new.tsx'
import { tokensPage } from './tokens.tsx'

export const serviceAccountPages = [serviceAccountsPage, createForm, tokensPage]
