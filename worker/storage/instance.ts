/** The row that tells one Postern from another. */

import type { Database, Statement } from './database.ts'
import { instance } from './schema.ts'

export const insertInstance = (db: Database, uuid: string): Statement => db.insert(instance).values({ uuid })

export async function findInstanceId(db: Database): Promise<string | undefined> {
  return (await db.select().from(instance).get())?.uuid
}
