import { auditRecordPages } from './detail.tsx'
import { integrityPage } from './integrity.tsx'
import { auditPages as lists } from './list.tsx'

export const auditPages = [...lists, integrityPage, ...auditRecordPages]
