/** The row that tells one Postern from another. */

import { sql } from 'drizzle-orm'
import type { Database, Statement } from './database.ts'
import { instance } from './schema.ts'

export const insertInstance = (db: Database, uuid: string, setupToken: string | null): Statement =>
  db.insert(instance).values({ uuid, setupToken })

export async function findInstanceId(db: Database): Promise<string | undefined> {
  return (await db.select().from(instance).get())?.uuid
}

/** A guard: an instance that was set up takes no import. */
export const onlyWithoutInstance: Statement = sql`
  INSERT INTO guards (setup_open) SELECT 0 WHERE EXISTS (SELECT 1 FROM instance)`

/** A guard: the batch it stands in goes through only with a SETUP_TOKEN that was not the last one used. */
export const onlyWithUnusedSetupToken = (mark: string): Statement => sql`
  INSERT INTO guards (setup_open) SELECT 0 WHERE EXISTS (SELECT 1 FROM instance WHERE setup_token = ${mark})`

export const useSetupToken = (mark: string): Statement => sql`UPDATE instance SET setup_token = ${mark}`
