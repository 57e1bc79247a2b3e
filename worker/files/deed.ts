/** What a change of one path leaves in the audit log. No verdict hangs on a file. */

import type { FilePath } from '../../shared/file-path.ts'
import type { Deed } from '../audit/record.ts'
import type { Place } from '../storage/contents.ts'

/** @param after what the path became, where that is more than there or gone */
export const deedOn = (
  type: 'CREATE' | 'UPDATE' | 'DELETE',
  place: Place,
  path: FilePath,
  after?: Readonly<Record<string, unknown>>,
): Deed => ({ type, resource: 'NAMESPACE_FILE', id: path, ...place, ...(after ? { after } : {}) })
