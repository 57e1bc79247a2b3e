/** Rows of invitations. */

import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Page } from '../../shared/wire/common.ts'
import type { ListQuery } from '../../shared/wire/list.ts'
import type { Database, Statement } from './database.ts'
import { listPlainly } from './listing.ts'
import { invitations, tenantAccess } from './schema.ts'

export type Invitation = typeof invitations.$inferSelect

export const insertInvitation = (db: Database, invitation: Invitation): Statement =>
  db.insert(invitations).values(invitation)

export const acceptInvitation = (db: Database, id: string, now: number): Statement =>
  db.update(invitations).set({ acceptedAt: now }).where(eq(invitations.id, id))

export const deleteInvitation = (db: Database, id: string): Statement =>
  db.delete(invitations).where(eq(invitations.id, id))

/** @param tenantId absent for who comes with the link */
export async function findInvitation(
  db: Database,
  id: string,
  tenantId?: string,
): Promise<Invitation | undefined> {
  return db
    .select()
    .from(invitations)
    .where(
      and(eq(invitations.id, id), tenantId === undefined ? undefined : eq(invitations.tenantId, tenantId)),
    )
    .get()
}

export async function listInvitationsFor(
  db: Database,
  tenantId: string,
  email: string,
): Promise<Invitation[]> {
  return db
    .select()
    .from(invitations)
    .where(and(eq(invitations.tenantId, tenantId), sql`lower(${invitations.email}) = lower(${email})`))
    .orderBy(desc(invitations.createdAt))
}

/**
 * Those to an e-mail address that an account calls its own, in the tenants it belongs to: whoever is in none of them
 * has proved nothing by choosing the address. The newest first.
 */
export async function listInvitationsOf(
  db: Database,
  accountId: string,
  email: string,
): Promise<Invitation[]> {
  return db
    .select(getTableColumns(invitations))
    .from(invitations)
    .innerJoin(tenantAccess, eq(tenantAccess.tenantId, invitations.tenantId))
    .where(and(eq(tenantAccess.accountId, accountId), sql`lower(${invitations.email}) = lower(${email})`))
    .orderBy(desc(invitations.createdAt))
}

export const invitationFields = ['id', 'email', 'status', 'sentAt']

export const listInvitations = (
  db: Database,
  tenantId: string,
  query: ListQuery,
  now: number,
): Promise<Page<Invitation>> =>
  listPlainly(db, query, {
    table: invitations,
    within: eq(invitations.tenantId, tenantId),
    texts: [invitations.email],
    fields: {
      id: invitations.id,
      email: invitations.email,
      sentAt: invitations.createdAt,
      status: sql`CASE WHEN ${invitations.acceptedAt} IS NOT NULL THEN 'ACCEPTED'
        WHEN ${invitations.expiresAt} <= ${now} THEN 'EXPIRED' ELSE 'PENDING' END`,
    },
    tieBreak: [invitations.createdAt, invitations.id],
    total: `invitations ${tenantId}`,
  })
