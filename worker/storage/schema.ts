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

/**
 * Objects in R2. A row is written before its object and outlives it, so that no object is ever forgotten; a key is
 * drawn at random and never used again.
 */
export const objects = sqliteTable('objects', {
  /** `tenant/namespace/id`. */
  key: text().primaryKey(),
  storedAt: integer('stored_at').notNull(),
  /** About to be removed: no content may be found in it any more. */
  condemnedAt: integer('condemned_at'),
})

/**
 * Contents that R2 holds, by namespace: nobody obtains a file by naming its hash in a namespace of their own. Many may
 * share one object.
 */
export const contents = sqliteTable(
  'contents',
  {
    tenantId: tenantId(),
    namespace: text().notNull(),
    sha256: text().notNull(),
    size: integer().notNull(),
    object: text()
      .notNull()
      .references(() => objects.key),
    /** Where in the object it begins. */
    offset: integer().notNull(),
    /** When it was last sent. */
    storedAt: integer('stored_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.namespace, table.sha256] }),
    index('contents_by_object').on(table.object),
  ],
)

/**
 * The index of namespace files as they are now. A deleted file keeps its row with a null hash, so that the revision
 * goes on counting and the folder's highest `seq`, which is its ETag, never falls back. A folder has a row only while
 * it is empty: with files in it, it exists by itself.
 */
export const files = sqliteTable(
  'files',
  {
    tenantId: tenantId(),
    namespace: text().notNull(),
    path: text().notNull(),
    sha256: text(),
    size: integer().notNull(),
    isDirectory: integer('is_directory', { mode: 'boolean' }).notNull(),
    revision: integer().notNull(),
    /** The namespace's counter when this file last changed. */
    seq: integer().notNull(),
    /** The source that put it here, as `repository id:root`; null for nobody in particular. */
    owner: text(),
    createdAt: integer('created_at').notNull(),
    modifiedAt: integer('modified_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.namespace, table.path] })],
)

/**
 * What each path became with each change: a content, or nothing. The last row of a path says the same as its row in
 * `files`. A move writes at the new path, with its own `seq`, all revisions that it carries there. The foreign key
 * makes it impossible to refer to a content that is not there.
 */
export const fileRevisions = sqliteTable(
  'file_revisions',
  {
    tenantId: tenantId(),
    namespace: text().notNull(),
    path: text().notNull(),
    seq: integer().notNull(),
    revision: integer().notNull(),
    sha256: text(),
    size: integer().notNull(),
    owner: text(),
    /** When the change happened. */
    at: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.namespace, table.path, table.seq, table.revision] }),
    foreignKey({
      columns: [table.tenantId, table.namespace, table.sha256],
      foreignColumns: [contents.tenantId, contents.namespace, contents.sha256],
    }),
    index('file_revisions_by_content').on(table.tenantId, table.namespace, table.sha256),
  ],
)

/** What a commit or a rollback did, and the answer it gives when it is asked again under the same key. */
export const deployments = sqliteTable(
  'deployments',
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    namespace: text().notNull(),
    root: text().notNull(),
    /** The namespace's counter with this change: the folder's ETag after it, and its place in `file_revisions`. */
    seq: integer().notNull(),
    created: integer().notNull(),
    updated: integer().notNull(),
    deleted: integer().notNull(),
    unchanged: integer().notNull(),
    source: text({ mode: 'json' }).$type<Source>(),
    /** Whether an identity token vouched for the source. */
    isVerified: integer('is_verified', { mode: 'boolean' }).notNull(),
    /** The line in which runs count up, as `repository id workflow`, and how far this one had counted. */
    workflow: text(),
    runNumber: integer('run_number'),
    /** Of a rollback: the deployment it went back to. */
    restores: text(),
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
    index('deployments_by_seq').on(table.tenantId, table.namespace, table.seq),
    index('deployments_by_run').on(
      table.tenantId,
      table.namespace,
      table.root,
      table.workflow,
      table.runNumber,
    ),
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
