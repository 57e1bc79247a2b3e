/** Issuers: whose assertions may be exchanged here. Only superadmins say so, and an assertion only picks one of them. */

import { err, ok, type Result } from '../../shared/result.ts'
import type { WriteIssuer } from '../../shared/wire/federation.ts'
import type { Principal } from '../access/principal.ts'
import { type Deed, record } from '../audit/record.ts'
import { type Conflict, type Database, type Statement, write } from '../storage/database.ts'
import { deleteIssuer, findIssuer, type Issuer, insertIssuer, updateIssuer } from '../storage/federation.ts'
import { newId } from '../storage/ids.ts'
import type { FederationError } from './errors.ts'

export { type Issuer, listIssuers } from '../storage/federation.ts'

export async function createIssuer(
  db: Database,
  principal: Principal,
  written: WriteIssuer,
): Promise<Result<Issuer, FederationError>> {
  const issuer: Issuer = { id: newId(), ...written, createdAt: principal.now }
  const deed: Deed = { ...deedOn('CREATE', issuer), after: issuer }
  return change(db, [insertIssuer(db, issuer), ...record(db, principal, deed)], issuer)
}

export async function readIssuer(db: Database, id: string): Promise<Result<Issuer, FederationError>> {
  const issuer = await findIssuer(db, id)
  return issuer ? ok(issuer) : err({ code: 'not_found', what: 'issuer', id })
}

/** Access tokens that its assertions became end when it is switched off. */
export async function replaceIssuer(
  db: Database,
  principal: Principal,
  id: string,
  written: WriteIssuer,
): Promise<Result<Issuer, FederationError>> {
  const before = await readIssuer(db, id)
  if (!before.ok) return before
  const after: Issuer = { ...before.value, ...written }
  const deed: Deed = { ...deedOn('UPDATE', after), before: before.value, after }
  return change(db, [updateIssuer(db, after), ...record(db, principal, deed)], after)
}

/** Not while a federated credential names it. */
export async function removeIssuer(
  db: Database,
  principal: Principal,
  id: string,
): Promise<Result<Issuer, FederationError>> {
  const before = await readIssuer(db, id)
  if (!before.ok) return before
  const deed: Deed = { ...deedOn('DELETE', before.value), before: before.value }
  return change(db, [deleteIssuer(db, id), ...record(db, principal, deed)], before.value)
}

async function change(
  db: Database,
  statements: readonly Statement[],
  issuer: Issuer,
): Promise<Result<Issuer, FederationError>> {
  const written = await write(db, statements)
  return written.ok ? ok(issuer) : err(toError(written.error))
}

const toError = ({ kind }: Conflict): FederationError => ({
  code: kind === 'reference' ? 'issuer_in_use' : 'issuer_taken',
})

const deedOn = (type: 'CREATE' | 'UPDATE' | 'DELETE', { id }: Issuer): Deed => ({
  type,
  resource: 'ISSUER',
  id,
  ends: [{ kind: 'issuer', ref: id }],
})
