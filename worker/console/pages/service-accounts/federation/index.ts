/** Keyless access of a service account: the workflow runs that may act as it without a stored secret. */

import { deleteCredentialForm } from './delete.tsx'
import { credentialForm, newCredentialForm } from './forms.tsx'
import { credentialsPage, trustGithubForm } from './list.tsx'

export const federationPages = [
  credentialsPage,
  newCredentialForm,
  trustGithubForm,
  credentialForm,
  deleteCredentialForm,
]
