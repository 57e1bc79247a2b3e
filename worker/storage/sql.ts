/** Turns of SQL that the tables of namespace files share. */

import { type SQL, sql } from 'drizzle-orm'
import { type FilePath, ROOT } from '../../shared/file-path.ts'
import type { Place } from './contents.ts'

/** Rows of a place, in tables that have one. @param table the name or alias of the table, where there are several */
export function inPlace({ tenant, namespace }: Place, table?: string): SQL {
  const from = prefix(table)
  return sql`${from}tenant_id = ${tenant} AND ${from}namespace = ${namespace}`
}

/** What is there: a file, or a folder that has a row because it is empty. */
export const isLive = (table?: string): SQL =>
  sql`(${prefix(table)}sha256 IS NOT NULL OR ${prefix(table)}is_directory = 1)`

/** A path and all below it. */
export const under = (folder: FilePath, table?: string): SQL =>
  sql`(${prefix(table)}path = ${folder} OR (${inside(folder, table)}))`

/** All below a path. It is a range of the index, from `/a/` up to `/a0`: `0` follows `/` in ASCII. */
export const inside = (folder: FilePath, table?: string): SQL =>
  sql`${prefix(table)}path >= ${below(folder)} AND ${prefix(table)}path < ${beyond(folder)}`

const below = (folder: FilePath) => (folder === ROOT ? '/' : `${folder}/`)
const beyond = (folder: FilePath) => (folder === ROOT ? '0' : `${folder}0`)
const prefix = (table?: string): SQL => (table === undefined ? sql`` : sql`${sql.identifier(table)}.`)

/** The sequence of the change under way; valid once `file_sequences` has been raised. */
export const nextSeq = (place: Place): SQL => sql`(SELECT seq FROM file_sequences WHERE ${inPlace(place)})`

/** The highest sequence below the folder, deleted files included; 0 for a folder that never held one. */
export const folderSeq = (place: Place, folder: FilePath): SQL => sql`
  (SELECT coalesce(max(seq), 0) FROM files WHERE ${inPlace(place)} AND ${inside(folder)})`

/** SQLite takes at most 2 MB in one value, and D1 at most 100 values in one statement: rows go in as JSON texts. */
const MAX_JSON_BYTES = 1_900_000

/** Rows as JSON arrays, none longer than one bound value may be; no text for no rows. */
export function jsonTexts(rows: readonly unknown[]): string[] {
  const texts: string[] = []
  let part: string[] = []
  let bytes = 0
  for (const row of rows) {
    const text = JSON.stringify(row)
    const size = encoder.encode(text).byteLength + 1
    if (bytes + size > MAX_JSON_BYTES) {
      texts.push(`[${part.join()}]`)
      part = []
      bytes = 0
    }
    part.push(text)
    bytes += size
  }
  if (part.length > 0) texts.push(`[${part.join()}]`)
  return texts
}

const encoder = new TextEncoder()
