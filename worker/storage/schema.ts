/**
 * Every table, as Drizzle sees it; the migrations are generated from here. `docs/storage.md` says who writes which
 * and when a row goes away. Instants are milliseconds since 1970.
 */

import { sql } from 'drizzle-orm'
import {
  blob,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import type { Source } from '../../shared/wire/sync.ts'

export const tenants = sqliteTable('tenants', {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAt: integer('created_at').notNull(),
})

const tenantId = () =>
  text('tenant_id')
    .notNull()
    .references(() => tenants.id, { onDelete: 'cascade' })

/** Users and service accounts. The check makes it impossible to keep anything personal of a service account. */
export const accounts = sqliteTable(
  'accounts',
  {
    id: text().primaryKey(),
    kind: text({ enum: ['USER', 'SERVICE_ACCOUNT'] }).notNull(),
    /** A service account's name, or a user's e-mail address (the username). */
    name: text().notNull(),
    description: text(),
    firstName: text('first_name'),
    lastName: text('last_name'),
    /** `scheme$parameters$salt$hash`; see accounts/passwords.ts. */
    password: text(),
    isSuperadmin: integer('is_superadmin', { mode: 'boolean' }).notNull(),
    disabledAt: integer('disabled_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('accounts_username').on(sql`lower(${table.name})`).where(sql`${table.kind} = 'USER'`),
    index('accounts_by_kind').on(table.kind, table.name, table.id),
    check(
      'service_account_is_impersonal',
      sql`${table.kind} = 'USER' OR (${table.password} IS NULL AND ${table.firstName} IS NULL AND ${table.lastName} IS NULL)`,
    ),
  ],
)

const accountId = () =>
  text('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' })

/** Which tenants an account belongs to. It grants nothing by itself: bindings do. */
export const tenantAccess = sqliteTable(
  'tenant_access',
  {
    tenantId: tenantId(),
    accountId: accountId(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.accountId] }),
    index('tenant_access_by_account').on(table.accountId),
  ],
)

export const roles = sqliteTable(
  'roles',
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    name: text().notNull(),
    description: text(),
    /** Resource to actions, exactly as sent: word for word and in that order. */
    permissions: text({ mode: 'json' }).$type<Record<string, string[]>>().notNull(),
    isManaged: integer('is_managed', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('roles_by_tenant').on(table.tenantId, table.name, table.id)],
)

export const bindings = sqliteTable(
  'bindings',
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    accountId: accountId(),
    roleId: text('role_id')
      .notNull()
      .references(() => roles.id, { onDelete: 'cascade' }),
    /** With its descendants; null means the whole tenant. */
    namespace: text(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('bindings_by_account').on(table.accountId),
    index('bindings_by_role').on(table.roleId),
    index('bindings_by_tenant').on(table.tenantId, table.id),
  ],
)

export const apiTokens = sqliteTable(
  'api_tokens',
  {
    /** The public part of the token's text. */
    id: text().primaryKey(),
    accountId: accountId(),
    name: text().notNull(),
    description: text().notNull(),
    /** HMAC-SHA-256 of the token's text under a key derived from MASTER_KEY. */
    mac: blob({ mode: 'buffer' }).$type<Uint8Array>().notNull(),
    createdAt: integer('created_at').notNull(),
    /** Null: never. */
    expiresAt: integer('expires_at'),
  },
  (table) => [index('api_tokens_by_account').on(table.accountId, table.createdAt)],
)

export const signingKeys = sqliteTable(
  'signing_keys',
  {
    kid: text().primaryKey(),
    state: text({ enum: ['active'] }).notNull(),
    /**
     * The private JWK, AES-256-GCM under a key derived from MASTER_KEY; the first 12 bytes are the nonce. The public
     * half is taken from it, and stands nowhere else: a row slipped in here opens nothing.
     */
    wrappedPrivateJwk: blob('wrapped_private_jwk', { mode: 'buffer' }).$type<Uint8Array>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [uniqueIndex('signing_keys_one_active').on(table.state).where(sql`${table.state} = 'active'`)],
)

/** Access tokens given back before their time. A row is of no use once the token would have expired. */
export const revokedAccessTokens = sqliteTable('revoked_access_tokens', {
  jti: text().primaryKey(),
  expiresAt: integer('expires_at').notNull(),
})

/** One counter a namespace, raised by each change of its files. */
export const fileSequences = sqliteTable(
  'file_sequences',
  {
    tenantId: tenantId(),
    namespace: text().notNull(),
    seq: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.namespace] })],
)

/** Contents that R2 holds, by namespace: nobody obtains a file by naming its hash in a namespace of their own. */
export const contents = sqliteTable(
  'contents',
  {
    tenantId: tenantId(),
    namespace: text().notNull(),
    sha256: text().notNull(),
    size: integer().notNull(),
    storedAt: integer('stored_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.namespace, table.sha256] })],
)

/**
 * The index of namespace files. A deleted file keeps its row with a null hash, so that the revision goes on counting
 * and the folder's highest `seq`, which is its ETag, never falls back. The foreign key makes it impossible to refer
 * to a content that is not there.
 */
export const files = sqliteTable(
  'files',
  {
    tenantId: tenantId(),
    namespace: text().notNull(),
    path: text().notNull(),
    sha256: text(),
    size: integer().notNull(),
    revision: integer().notNull(),
    /** The namespace's counter when this file last changed. */
    seq: integer().notNull(),
    createdAt: integer('created_at').notNull(),
    modifiedAt: integer('modified_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.namespace, table.path] }),
    foreignKey({
      columns: [table.tenantId, table.namespace, table.sha256],
      foreignColumns: [contents.tenantId, contents.namespace, contents.sha256],
    }),
    index('files_by_content').on(table.tenantId, table.namespace, table.sha256),
  ],
)

/** What a commit did, and the answer it gives when it is asked again under the same key. */
export const deployments = sqliteTable(
  'deployments',
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    namespace: text().notNull(),
    root: text().notNull(),
    etag: text().notNull(),
    created: integer().notNull(),
    updated: integer().notNull(),
    deleted: integer().notNull(),
    unchanged: integer().notNull(),
    source: text({ mode: 'json' }).$type<Source>(),
    /** Kept when the account goes: the record outlives it. */
    accountId: text('account_id').notNull(),
    accountName: text('account_name').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the request, so that a key used for something else is refused. */
    requestDigest: text('request_digest').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('deployments_by_key').on(table.tenantId, table.namespace, table.idempotencyKey),
    index('deployments_by_time').on(table.tenantId, table.namespace, table.createdAt),
  ],
)

/**
 * Always empty. A batch that must not go through inserts a zero into the column named after the reason; the check of
 * that name fails and the whole batch rolls back. D1 has no other way to make a transaction conditional.
 */
export const guards = sqliteTable(
  'guards',
  {
    folderUnchanged: integer('folder_unchanged'),
    pathFree: integer('path_free'),
    setupOpen: integer('setup_open'),
    superadminLeft: integer('superadmin_left'),
  },
  (table) => [
    check('folder_unchanged', sql`${table.folderUnchanged} = 1`),
    check('path_free', sql`${table.pathFree} = 1`),
    check('setup_open', sql`${table.setupOpen} = 1`),
    check('superadmin_left', sql`${table.superadminLeft} = 1`),
  ],
)
