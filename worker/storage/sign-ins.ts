/** Rows that count sign-ins by password, and the user who wants in, in one round trip. */

import { sql } from 'drizzle-orm'
import { type Database, prepare, type Statement } from './database.ts'
import { selectUserHolder, type UserHolder } from './holders.ts'
import { signInAttempts } from './schema.ts'
import { bind, read } from './selection.ts'

/** Something that sign-ins are counted for, and how many of them may fail. */
export interface Subject {
  readonly subject: string
  readonly max: number
}

export type Attempt = Pick<typeof signInAttempts.$inferSelect, 'subject' | 'count'>

/**
 * Counts an attempt for all subjects, unless one of them is at its limit: then for none, and none is returned. It is
 * counted before it is known to fail, so that many at once are not more than one after the other.
 *
 * @param windowMs how long an attempt counts, from the first one on
 */
export async function claimSignIn(
  db: Database,
  username: string,
  subjects: readonly Subject[],
  now: number,
  windowMs: number,
): Promise<{ readonly attempts: readonly Attempt[]; readonly holder: UserHolder | undefined }> {
  const asked = sql`json_each(${JSON.stringify(subjects.map(({ subject, max }) => [subject, max]))})`
  const isOver = sql`${signInAttempts.expiresAt} <= ${now}`
  const user = selectUserHolder(username)
  const [attempts, found] = await db.$client.batch([
    prepare(
      db,
      db
        .insert(signInAttempts)
        .select(
          sql`SELECT value ->> 0, 1, ${now + windowMs} FROM ${asked} WHERE NOT EXISTS (
          SELECT 1 FROM ${asked} JOIN ${signInAttempts} ON subject = value ->> 0
          WHERE expires_at > ${now} AND count >= value ->> 1)`,
        )
        .onConflictDoUpdate({
          target: signInAttempts.subject,
          set: {
            count: sql`CASE WHEN ${isOver} THEN 1 ELSE ${signInAttempts.count} + 1 END`,
            expiresAt: sql`CASE WHEN ${isOver} THEN excluded.expires_at ELSE ${signInAttempts.expiresAt} END`,
          },
        })
        .returning({ subject: signInAttempts.subject, count: signInAttempts.count }),
    ),
    bind(db, user),
  ])
  return { attempts: (attempts as D1Result<Attempt>).results, holder: read(user, found as D1Result) }
}

/** For a claim that turned out well. */
export const giveBackSignIn = (subjects: readonly string[]): Statement[] => [
  sql`UPDATE sign_in_attempts SET count = count - 1 WHERE subject IN ${among(subjects)}`,
  sql`DELETE FROM sign_in_attempts WHERE subject IN ${among(subjects)} AND count <= 0`,
]

export const holdSignIns = (subjects: readonly string[], until: number): Statement => sql`
  UPDATE sign_in_attempts SET expires_at = ${until} WHERE subject IN ${among(subjects)}`

export const forgetSignIns = (subjects: readonly string[]): Statement => sql`
  DELETE FROM sign_in_attempts WHERE subject IN ${among(subjects)}`

export const forgetOldSignIns = (now: number): Statement => sql`
  DELETE FROM sign_in_attempts WHERE expires_at <= ${now}`

const among = (subjects: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(subjects)}))`
