/** All rows there are: read table by table for a backup, and put back into an instance that has none. */

import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Result } from '../../shared/result.ts'
import { columnsOf, insertRows, isBlob, nameOf, type RawRow } from './bulk.ts'
import { onlyDuringImport, startImport } from './changes.ts'
import { type Conflict, type Database, type Statement, write } from './database.ts'
import { onlyWithoutInstance } from './instance.ts'
import {
  accounts,
  auditLogs,
  bindings,
  changes,
  contents,
  deployments,
  federatedCredentials,
  fileRevisions,
  fileSequences,
  files,
  groupMembers,
  groups,
  instance,
  invitations,
  issuers,
  namespaces,
  objects,
  revokedAccessTokens,
  roles,
  signInAttempts,
  signingKeys,
  spentAssertions,
  tenantAccess,
  tenants,
  tokens,
} from './schema.ts'

/** A row by the names of its columns, as SQLite keeps it; blobs in hex. */
export type BackupRow = Readonly<Record<string, string | number | null>>

/** What is referred to comes first. What triggers keep is not here: they keep it again. */
const TABLES: readonly SQLiteTable[] = [
  tenants,
  accounts,
  tenantAccess,
  groups,
  groupMembers,
  roles,
  bindings,
  invitations,
  tokens,
  signInAttempts,
  signingKeys,
  revokedAccessTokens,
  issuers,
  federatedCredentials,
  spentAssertions,
  namespaces,
  fileSequences,
  objects,
  contents,
  files,
  fileRevisions,
  deployments,
  auditLogs,
  changes,
  instance,
]
const BY_NAME = new Map(TABLES.map((table) => [nameOf(table), table]))

/** The last: with it an import is over. */
export const LAST_TABLE = nameOf(instance)

/** A page is held in memory as a whole; D1 answers a thousand questions for one request. */
const PAGE_ROWS = 2_000
const CURSOR = 'cursor'

/** Cost: a round trip for each table and for every 2,000 rows. */
export async function* readAllRows(
  db: Database,
): AsyncGenerator<{ readonly table: string; readonly rows: readonly BackupRow[] }> {
  for (const table of TABLES) {
    let after = Number.MIN_SAFE_INTEGER
    for (let isMore = true; isMore; ) {
      const page = await db.all<Record<string, string | number | null>>(selectPage(table, after))
      const rows = page.map(({ [CURSOR]: cursor, ...row }) => {
        after = Number(cursor)
        return row
      })
      if (rows.length > 0) yield { table: nameOf(table), rows }
      isMore = rows.length === PAGE_ROWS
    }
  }
}

function selectPage(table: SQLiteTable, after: number): SQL {
  const columns = columnsOf(table).map((column) => {
    const name = sql.identifier(column.name)
    return isBlob(column) ? sql`hex(${name}) AS ${name}` : sql`${name}`
  })
  return sql`
    SELECT rowid AS ${sql.identifier(CURSOR)}, ${sql.join(columns, sql`, `)} FROM ${table}
    WHERE rowid > ${after} ORDER BY rowid LIMIT ${PAGE_ROWS}`
}

/**
 * What every change moves that adds a row which another may refer to. Cost: three look-ups by key. Of what was taken away
 * meanwhile the feed tells, beyond the position that the backup ends at.
 */
export async function readMark(db: Database): Promise<string> {
  const ends = await db.get<Record<string, number | null>>(sql`
    SELECT (SELECT max(seq) FROM changes) AS changes, (SELECT max(rowid) FROM audit_logs) AS audit_logs,
      (SELECT max(rowid) FROM objects) AS objects`)
  return JSON.stringify(ends)
}

/**
 * Takes away what an earlier import left, and closes this Postern until `confirmRestore`. Records of the audit log stay, as
 * they always do.
 *
 * @param id of this import: another one that begins later ends it
 */
export async function beginImport(db: Database, id: string, now: number): Promise<Result<void, Conflict>> {
  const tables = TABLES.filter((table) => table !== auditLogs && table !== instance)
  const columns = tables.map(
    (table) => sql`EXISTS (SELECT 1 FROM ${table}) AS ${sql.identifier(nameOf(table))}`,
  )
  const isFull = await db.get<Record<string, number>>(sql`SELECT ${sql.join(columns, sql`, `)}`)
  const emptied = tables.filter((table) => isFull[nameOf(table)] === 1).reverse()
  return write(db, [
    onlyWithoutInstance,
    ...emptied.map((table) => sql`DELETE FROM ${table}`),
    startImport(id, now),
  ])
}

/** @returns undefined if this is no row of such a table */
export function toImportedRow(name: string, row: BackupRow): RawRow | undefined {
  const table = BY_NAME.get(name)
  if (!table) return undefined
  const columns = columnsOf(table)
  const isWhole =
    columns.length === Object.keys(row).length && columns.every((column) => row[column.name] !== undefined)
  return isWhole ? columns.map((column) => row[column.name] ?? null) : undefined
}

/** @param rows by the names of their tables, in the order of a backup */
export function insertImported(id: string, rows: ReadonlyMap<string, readonly RawRow[]>): Statement[] {
  return [
    onlyDuringImport(id),
    ...[...rows].flatMap(([name, some]) => {
      const table = BY_NAME.get(name)
      if (!table) throw new Error(`There is no table ${name}`)
      // An earlier import may have come as far: its records stay.
      return table === auditLogs ? insertRows(table, some, auditLogs.id) : insertRows(table, some)
    }),
  ]
}
