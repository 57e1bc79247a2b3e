/** What commits and rollbacks did. Rows are written by `changeFiles`, with the change itself. */

import { and, count, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { FilePath } from '../../shared/file-path.ts'
import type { Page, Paging } from '../../shared/wire/common.ts'
import type { Place } from './contents.ts'
import type { Database } from './database.ts'
import { deployments } from './schema.ts'
import { inPlace } from './sql.ts'

export type Deployment = typeof deployments.$inferSelect

export const findDeployment = (db: Database, place: Place, id: string) =>
  select(db, place, eq(deployments.id, id))

export const findDeploymentByKey = (db: Database, place: Place, idempotencyKey: string) =>
  select(db, place, eq(deployments.idempotencyKey, idempotencyKey))

/** The newest first. */
export async function listDeployments(
  db: Database,
  place: Place,
  { page, size }: Paging,
): Promise<Page<Deployment>> {
  const [results, totals] = await db.batch([
    db
      .select()
      .from(deployments)
      .where(inPlace(place))
      .orderBy(desc(deployments.seq))
      .limit(size)
      .offset((page - 1) * size),
    db.select({ total: count() }).from(deployments).where(inPlace(place)),
  ])
  return { results, total: totals[0]?.total ?? 0 }
}

/** The deployment of a folder in which a workflow has counted furthest. */
export async function findNewestRun(
  db: Database,
  place: Place,
  root: FilePath,
  workflow: string,
): Promise<Deployment | undefined> {
  return db
    .select()
    .from(deployments)
    .where(and(inPlace(place), eq(deployments.root, root), eq(deployments.workflow, workflow)))
    .orderBy(sql`${deployments.runNumber} DESC`)
    .limit(1)
    .get()
}

async function select(db: Database, place: Place, which: SQL): Promise<Deployment | undefined> {
  return db
    .select()
    .from(deployments)
    .where(and(inPlace(place), which))
    .get()
}
