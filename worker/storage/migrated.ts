/** Whether the database is as this code expects it. */

import { sql } from 'drizzle-orm'
import { type Database, rootMessage } from './database.ts'
import journal from './migrations/meta/_journal.json'

/** The schema that this code was made for, by its last migration. */
export const SCHEMA = journal.entries.at(-1)?.tag ?? ''

/** A database that is ahead is none of our business: the code before a migration lives with what comes after it. */
export async function isMigrated(db: Database): Promise<boolean> {
  try {
    const applied = await db.all<{ name: string }>(sql`SELECT name FROM d1_migrations`)
    return journal.entries.every(({ tag }) => applied.some(({ name }) => name === `${tag}.sql`))
  } catch (error) {
    if (rootMessage(error).includes('no such table')) return false
    throw error
  }
}
