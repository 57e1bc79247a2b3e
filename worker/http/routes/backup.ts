/** All of an instance in one stream, out of one Postern and into another: see docs/operations.md. */

import * as v from 'valibot'
import { MAX_BACKUP_BYTES } from '../../../shared/limits.ts'
import { BackupImported } from '../../../shared/wire/backup.ts'
import { exportBackup } from '../../accounts/export-backup.ts'
import { importBackup } from '../../accounts/import-backup.ts'
import { answer, json } from '../answer.ts'
import { streamBody } from '../body.ts'
import { anyone, route, superadmin } from '../route.ts'

const path = '/api/v1/backup'
const NDJSON = 'application/x-ndjson'

export const backupRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'Export everything but the contents of files, as lines of JSON',
    access: superadmin,
    answers: { 200: NDJSON },
    handle: async ({ edge: { db, keys }, principal }) =>
      answer(
        await exportBackup(db, keys, principal),
        (stream) =>
          new Response(stream, { headers: { 'Content-Type': NDJSON, 'Cache-Control': 'no-store' } }),
      ),
  }),
  route({
    method: 'POST',
    path,
    summary: 'Import a backup before the set-up; takes the SETUP_TOKEN',
    access: anyone,
    headers: v.object({ 'postern-setup-token': v.string() }),
    body: streamBody(MAX_BACKUP_BYTES),
    answers: { 200: BackupImported },
    handle: async ({ edge: { db, keys, setupToken }, headers, body, context }) =>
      answer(
        await importBackup(db, keys, setupToken, headers['postern-setup-token'], body.stream, context),
        (imported) => json(200, imported),
      ),
  }),
]
