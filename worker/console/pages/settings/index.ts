import { issuerForms } from './issuers.tsx'
import { keyForms } from './keys.tsx'
import { settingsPage } from './overview.tsx'
import { tenantPages } from './tenants.tsx'

export const settingsPages = [settingsPage, ...keyForms, ...issuerForms, ...tenantPages]
