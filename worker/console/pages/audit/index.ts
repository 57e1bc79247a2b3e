import { auditRecordPages } from './detail.tsx'
import { auditPages as lists } from './list.tsx'

export const auditPages = [...lists, ...auditRecordPages]
