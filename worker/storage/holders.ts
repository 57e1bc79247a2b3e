/** All that a verification needs to know of whoever holds a credential: one statement, and so one moment. */

import { eq, getTableColumns, inArray, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Account } from './accounts.ts'
import type { Database } from './database.ts'
import type { FederatedCredential, Issuer } from './federation.ts'
import { each } from './listing.ts'
import { accounts, bindings, federatedCredentials, issuers, roles, tokens } from './schema.ts'
import { type Columns, compile, rowJson, type Selection, select, toRow } from './selection.ts'
import type { Token } from './tokens.ts'

/** One role in one place, held by an account itself or through a group; a null namespace is the whole tenant. */
export interface GrantRow {
  readonly roleId: string
  readonly tenantId: string
  readonly namespace: string | null
  readonly permissions: Readonly<Record<string, readonly string[]>>
}

/** An account with everything it was given, in every tenant. */
export interface Holder {
  readonly account: Omit<Account, 'password'>
  readonly grants: readonly GrantRow[]
  /** Of every tenant. What a record says holds until one of these, its roles or its account change. */
  readonly groupIds: readonly string[]
}

export interface TokenHolder extends Holder {
  readonly token: Token
  /** Who really acts, of an impersonation. */
  readonly impersonator: Holder['account'] | undefined
}

/** A federated credential with the account it stands for: what an access token made by it hangs on. */
export interface CredentialHolder extends Holder {
  readonly credential: FederatedCredential
  readonly issuer: Issuer
}

/** As long as it takes to prove a password, and not longer. */
export interface UserHolder extends Holder {
  readonly account: Account
}

export const selectAccountHolder = (id: string): Selection<Holder> => ({
  query: ACCOUNT,
  values: { id },
  toFound: toHolder,
})

/** With the password. @param username in whatever case */
export const selectUserHolder = (username: string): Selection<UserHolder> => ({
  query: USER,
  values: { username },
  toFound: (found) => toHolder<UserHolder>(found, USER_COLUMNS),
})

export const selectTokenHolder = (id: string): Selection<TokenHolder> => ({
  query: TOKEN,
  values: { id },
  toFound(found) {
    const holder = toHolder(found)
    if (!holder) return undefined
    const { token, impersonator } = found as { token: unknown; impersonator: unknown }
    return {
      ...holder,
      token: sound(TokenRow, toRow(TOKEN_COLUMNS, token)),
      impersonator: impersonator === null ? undefined : sound(AccountRow, toRow(COLUMNS, impersonator)),
    }
  },
})

export const selectCredentialHolder = (id: string): Selection<CredentialHolder> => ({
  query: CREDENTIAL,
  values: { id },
  toFound(found) {
    const holder = toHolder(found)
    if (!holder) return undefined
    const { credential, issuer } = found as { credential: unknown; issuer: unknown }
    return {
      ...holder,
      credential: sound(CredentialRow, toRow(CREDENTIAL_COLUMNS, credential)),
      issuer: sound(IssuerRow, toRow(ISSUER_COLUMNS, issuer)),
    }
  },
})

export const findAccountHolder = (db: Database, accountId: string): Promise<Holder | undefined> =>
  select(db, selectAccountHolder(accountId))

export const findCredentialHolder = (db: Database, id: string): Promise<CredentialHolder | undefined> =>
  select(db, selectCredentialHolder(id))

/** What an account was given, for those who want to grant no more than they hold. */
export async function listGrants(db: Database, accountId: string): Promise<GrantRow[]> {
  return listGrantsWhere(db, isGivenTo(sql`${accountId}`))
}

/** What being in these groups brings with it. */
export async function listGroupGrants(db: Database, groupIds: readonly string[]): Promise<GrantRow[]> {
  return listGrantsWhere(db, inArray(bindings.groupId, each(groupIds)))
}

const BINDING_COLUMNS = {
  roleId: bindings.roleId,
  tenantId: bindings.tenantId,
  namespace: bindings.namespace,
}

const listGrantsWhere = (db: Database, condition: SQL) =>
  db
    .select({ ...BINDING_COLUMNS, permissions: roles.permissions })
    .from(bindings)
    .innerJoin(roles, eq(roles.id, bindings.roleId))
    .where(condition)

/** By its own bindings and by those of its groups: two look-ups by index, whatever the number of members. */
const isGivenTo = (accountId: SQLWrapper): SQL => sql`(${bindings.accountId} = ${accountId}
  OR ${bindings.groupId} IN (SELECT group_id FROM group_members WHERE account_id = ${accountId}))`

const USER_COLUMNS = getTableColumns(accounts)
/** All but the password, which nobody needs who has a token. */
const { password: _, ...COLUMNS } = USER_COLUMNS
const TOKEN_COLUMNS = getTableColumns(tokens)
const CREDENTIAL_COLUMNS = getTableColumns(federatedCredentials)
const ISSUER_COLUMNS = getTableColumns(issuers)
const ROLE_COLUMNS = { id: roles.id, permissions: roles.permissions }

/** Of the row of `accounts` that the query is at. Each role once, in however many places: D1 answers 2 MB at most. */
const holderJson = (columns: Columns): SQL => sql`
  'account', ${rowJson(columns)},
  'bindings', json((SELECT json_group_array(${rowJson(BINDING_COLUMNS)})
    FROM ${bindings} WHERE ${isGivenTo(accounts.id)})),
  'roles', json((SELECT json_group_array(${rowJson(ROLE_COLUMNS)})
    FROM ${roles} WHERE ${roles.id} IN (SELECT role_id FROM ${bindings} WHERE ${isGivenTo(accounts.id)}))),
  'groupIds', json((SELECT json_group_array(group_id) FROM group_members WHERE account_id = ${accounts.id}))`

const ACCOUNT = compile(sql`(SELECT json_object(${holderJson(COLUMNS)})
  FROM ${accounts} WHERE ${accounts.id} = ${sql.placeholder('id')})`)

const USER = compile(sql`(SELECT json_object(${holderJson(USER_COLUMNS)})
  FROM ${accounts} WHERE ${accounts.kind} = 'USER' AND lower(${accounts.name}) = lower(${sql.placeholder('username')}))`)

const TOKEN = compile(sql`(SELECT json_object(${holderJson(COLUMNS)},
    'token', ${rowJson(TOKEN_COLUMNS)},
    'impersonator', json((SELECT ${rowJson(COLUMNS)} FROM ${accounts} WHERE ${accounts.id} = ${tokens.impersonatorId})))
  FROM ${tokens} JOIN ${accounts} ON ${accounts.id} = ${tokens.accountId}
  WHERE ${tokens.id} = ${sql.placeholder('id')})`)

const CREDENTIAL = compile(sql`(SELECT json_object(${holderJson(COLUMNS)},
    'credential', ${rowJson(CREDENTIAL_COLUMNS)},
    'issuer', ${rowJson(ISSUER_COLUMNS)})
  FROM ${federatedCredentials} JOIN ${accounts} ON ${accounts.id} = ${federatedCredentials.accountId}
    JOIN ${issuers} ON ${issuers.id} = ${federatedCredentials.issuerId}
  WHERE ${federatedCredentials.id} = ${sql.placeholder('id')})`)

function toHolder<H extends Holder>(found: unknown, columns: Columns = COLUMNS): H | undefined {
  if (found === null) return undefined
  const { account, groupIds, ...given } = found as Found
  const permissionsOf = new Map(
    given.roles.map((values) => {
      const role = toRow<Pick<GrantRow, 'permissions'> & { id: string }>(ROLE_COLUMNS, values)
      return [role.id, role.permissions]
    }),
  )
  const toGrant = (values: unknown) => {
    const binding = toRow<Omit<GrantRow, 'permissions'>>(BINDING_COLUMNS, values)
    return sound(Grant, { ...binding, permissions: permissionsOf.get(binding.roleId) } as GrantRow)
  }
  return {
    account: sound(AccountRow, toRow<Account>(columns, account)),
    grants: given.bindings.map(toGrant),
    groupIds: sound(v.array(v.string()), groupIds),
  } as Holder as H
}

interface Found {
  readonly account: unknown
  readonly bindings: readonly unknown[]
  readonly roles: readonly unknown[]
  readonly groupIds: string[]
}

const Instant = v.nullable(v.pipe(v.number(), v.safeInteger()))
const Narrowing = v.record(v.string(), v.unknown())
const TokenRow = v.looseObject({
  mac: v.instance(Uint8Array),
  keyVersion: v.string(),
  narrowing: v.nullable(Narrowing),
  expiresAt: Instant,
  extendsBy: Instant,
})
const AccountRow = v.looseObject({ name: v.string(), isSuperadmin: v.boolean(), disabledAt: Instant })
const Grant = v.looseObject({
  roleId: v.string(),
  tenantId: v.string(),
  namespace: v.nullable(v.string()),
  permissions: v.record(v.string(), v.array(v.string())),
})
const CredentialRow = v.looseObject({
  version: v.number(),
  isEnabled: v.boolean(),
  narrowing: Narrowing,
  expiresAt: Instant,
})
const IssuerRow = v.looseObject({ isEnabled: v.boolean() })

/** What others are judged by is looked at itself: an outage must not open the door, nor take a good token for a bad one. */
function sound<T>(schema: v.GenericSchema, row: T): T {
  if (!v.is(schema, row)) throw new Error('A row that makes no sense')
  return row
}
