/** What an import answers. The lines of a backup are nobody's to read but Postern's: see accounts/backup-format.ts. */

import * as v from 'valibot'

export const BackupImported = v.object({
  /** Rows that came, of all tables. */
  rows: v.number(),
})
export type BackupImported = v.InferOutput<typeof BackupImported>
