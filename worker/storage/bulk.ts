/** Many rows in few statements: D1 binds a hundred values at most, so rows go in as JSON. */

import { type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Statement } from './database.ts'
import { jsonTexts } from './sql.ts'

/** Values in the order of the table's columns, as SQLite keeps them; blobs in hex. */
export type RawRow = ReadonlyArray<string | number | null>

export const columnsOf = (table: SQLiteTable): SQLiteColumn[] => getTableConfig(table).columns

export const nameOf = (table: SQLiteTable): string => getTableConfig(table).name

export const isBlob = (column: SQLiteColumn): boolean => column.getSQLType() === 'blob'

/** @param key a column: what has a value in it that is there already is left out */
export function insertRows(table: SQLiteTable, rows: readonly RawRow[], key?: SQLiteColumn): Statement[] {
  const columns = columnsOf(table)
  const names = columns.map(({ name }) => sql.identifier(name))
  const values = columns.map((column, at): SQL => {
    // D1 binds every number as a REAL, which is no index: it is said as a path.
    const value = sql`value ->> ${`$[${at}]`}`
    return isBlob(column) ? sql`unhex(${value})` : value
  })
  const given = key && values[columns.indexOf(key)]
  const isNew = given
    ? sql` WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${sql.identifier(key.name)} = ${given})`
    : sql``
  return jsonTexts(rows).map(
    (text) => sql`
      INSERT INTO ${table} (${sql.join(names, sql`, `)})
      SELECT ${sql.join(values, sql`, `)} FROM json_each(${text})${isNew}`,
  )
}

/** A row as Drizzle has it, made into one of these. Not for tables with blobs. */
export const toRawRow = (table: SQLiteTable, row: Readonly<Record<string, unknown>>): RawRow =>
  Object.entries(table as unknown as Record<string, SQLiteColumn>)
    .filter(([, column]) => columnsOf(table).includes(column))
    .map(([name, column]) => {
      const value = row[name]
      return value === null || value === undefined ? null : (column.mapToDriverValue(value) as string)
    })
