/**
 * What a list's query asks for, as SQL: conditions, order, page. Values are bound, and only columns that the list
 * names itself can be asked about.
 */

import { and, asc, Column, desc, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Page } from '../../shared/wire/common.ts'
import type { Filter, ListQuery } from '../../shared/wire/list.ts'
import type { Database } from './database.ts'

/** By the name that clients use. */
export type Fields = Readonly<Record<string, SQLWrapper>>

/** Of a search, at most so many matches are looked at. A vaguer search than that is of no use to anybody. */
export const MAX_MATCHES = 10_000

/** All filters at once; a list is told of `q` apart, since each knows best where to look for a text. */
export const toCondition = ({ filters }: ListQuery, fields: Fields): SQL | undefined =>
  and(...filters.map((filter) => compare(fields, filter)))

/**
 * The order that was asked for, and after it one that leaves nothing to chance, or pages would overlap. It goes the same
 * way as the last field asked for, as an index does, and is left out where that leaves nothing to chance by itself.
 */
export function toOrder({ sort }: ListQuery, fields: Fields, tieBreak: readonly SQLWrapper[]): SQL[] {
  const asked = sort.flatMap(({ field, isDescending }) => {
    const column = fields[field]
    return column === undefined ? [] : [{ column, inOrder: isDescending ? desc : asc }]
  })
  const order = asked.map(({ column, inOrder }) => inOrder(caseless(column)))
  if (asked.some(({ column }) => column === tieBreak.at(-1))) return order
  const inOrder = asked.at(-1)?.inOrder ?? asc
  return [...order, ...tieBreak.map((column) => inOrder(column))]
}

export const offsetOf = ({ page, size }: Pick<ListQuery, 'page' | 'size'>): number => (page - 1) * size

/** Whether a text occurs in a column; for ASCII letters case does not matter. D1 refuses long `LIKE` patterns. */
export const contains = (column: SQLWrapper, text: string): SQL =>
  sql`instr(lower(${column}), ${text.toLowerCase()}) > 0`

/** The ids of accounts whose name holds a text, from an index of all endings of all names. */
export const accountsNamedLike = (kind: SQLWrapper | string, text: string): SQL => {
  const from = text.toLowerCase()
  return sql`(SELECT DISTINCT account_id AS id FROM account_terms
    WHERE kind = ${kind} AND term >= ${from} AND term < ${afterAll(from)} LIMIT ${MAX_MATCHES})`
}

/** Whether a query leaves nothing out, so that its total is the list's own. */
export const isWhole = ({ q, filters }: Pick<ListQuery, 'q' | 'filters'>): boolean =>
  q === undefined && filters.length === 0

/** For `column IN …`: any number of values is one parameter. */
export const each = (values: readonly string[]): SQL =>
  sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`

/** How long a list is that triggers keep the count of; see `totals`. */
export const selectTotal = (db: Database, list: string) =>
  db
    .select({ total: sql<number>`coalesce((SELECT total FROM totals WHERE list = ${list}), 0)` })
    .from(sql`(SELECT 1)`)

/** The same of several lists at once, by their names; one that never had a row is empty. */
export async function totalsOf(db: Database, lists: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.all<{ list: string; total: number }>(
    sql`SELECT list, total FROM totals WHERE list IN ${each(lists)}`,
  )
  return new Map([
    ...lists.map((list) => [list, 0] as const),
    ...rows.map(({ list, total }) => [list, total] as const),
  ])
}

/** What a plain list is: rows of one table, as they are. */
interface PlainList<T extends SQLiteTable> {
  readonly table: T
  /** Which rows the list has; absent for all. */
  readonly within?: SQL
  /** What a free text is looked for in. */
  readonly texts: readonly SQLWrapper[]
  readonly fields: Fields
  readonly tieBreak: readonly SQLWrapper[]
  /** What `totals` calls the list. */
  readonly total: string
}

/** Cost: the rows of the page and those before it; of a search or another filter all rows of the list. */
export async function listPlainly<T extends SQLiteTable>(
  db: Database,
  query: ListQuery,
  { table, within, texts, fields, tieBreak, total }: PlainList<T>,
): Promise<Page<T['$inferSelect']>> {
  const { q } = query
  const found = q === undefined ? undefined : or(...texts.map((text) => contains(text, q)))
  const where = and(within, found, toCondition(query, fields))
  const [results, totals] = await db.batch([
    db
      .select()
      .from(table as SQLiteTable)
      .where(where)
      .orderBy(...toOrder(query, fields, tieBreak))
      .limit(query.size)
      .offset(offsetOf(query)),
    isWhole(query)
      ? selectTotal(db, total)
      : db
          .select({ total: sql<number>`count(*)` })
          .from(table as SQLiteTable)
          .where(where),
  ])
  return { results: results as T['$inferSelect'][], total: totals[0]?.total ?? 0 }
}

/** The first text after all that start with this one. */
const afterAll = (start: string): string => `${start}\u{10ffff}`

/** Names are compared without regard to case. Ids and numbers have none: they keep the collation of their indexes. */
const caseless = (column: SQLWrapper): SQLWrapper =>
  column instanceof Column && (column.dataType !== 'string' || /(^|_)id$/.test(column.name))
    ? column
    : sql`${column} COLLATE NOCASE`

function compare(fields: Fields, { field, operator, value: text }: Filter): SQL | undefined {
  const column = fields[field]
  if (column === undefined) return undefined
  const isFlag = column instanceof Column && column.dataType === 'boolean'
  const value = isFlag ? String(Number(text === 'true')) : text
  const many = each(value.split(','))
  switch (operator) {
    case 'EQUALS':
      return sql`${caseless(column)} = ${value}`
    case 'NOT_EQUALS':
      return sql`${caseless(column)} <> ${value}`
    case 'IN':
      return sql`${caseless(column)} IN ${many}`
    case 'NOT_IN':
      return sql`${caseless(column)} NOT IN ${many}`
    case 'GREATER_THAN':
      return sql`${column} > ${value}`
    case 'LESS_THAN':
      return sql`${column} < ${value}`
    case 'GREATER_THAN_OR_EQUAL_TO':
      return sql`${column} >= ${value}`
    case 'LESS_THAN_OR_EQUAL_TO':
      return sql`${column} <= ${value}`
    case 'STARTS_WITH':
      return sql`${caseless(column)} >= ${value} AND ${caseless(column)} < ${afterAll(value)}`
    // As for namespaces: the one itself and all below it.
    case 'PREFIX':
      return sql`(${column} = ${value} OR (${column} >= ${`${value}.`} AND ${column} < ${`${value}/`}))`
    case 'ENDS_WITH':
      return sql`substr(${column}, -length(${value})) = ${value}`
    case 'CONTAINS':
      return contains(column, value)
    default:
      return operator satisfies never
  }
}
