import { deploymentPages } from './deployments.tsx'
import { differencePage } from './difference.tsx'
import { filesPage } from './files.tsx'
import { namespacesPage, newNamespaceForm } from './list.tsx'

export const namespacePages = [
  namespacesPage,
  newNamespaceForm,
  filesPage,
  ...deploymentPages,
  differencePage,
]
