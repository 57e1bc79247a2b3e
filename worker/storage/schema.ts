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
import type { Attributes } from '../../shared/wire/attributes.ts'
import type { Algorithm, Match } from '../../shared/wire/federation.ts'
import type { InvitedRole } from '../../shared/wire/invitation.ts'
import type { Narrowing } from '../../shared/wire/narrowing.ts'
import type { Source } from '../../shared/wire/sync.ts'

/** What a row of the change feed can name. */
export const CHANGE_KINDS = [
  'account',
  'group',
  'role',
  'tenant',
  'token',
  'jwt',
  'key',
  'credential',
  'issuer',
  // D1 was put back to an earlier state, or filled from an export.
  'restore',
] as const

/** Kestra's types of audit records. */
export const AUDIT_TYPES = [
  'CREATE',
  'UPDATE',
  'DELETE',
  'LOGIN',
  'LOGOUT',
  'IMPERSONATE',
  'LOGIN_FAILURE',
  'ACCOUNT_LOCKED',
] as const

/** What Kestra knows of a tenant or a namespace and Postern only keeps for it: echoed word for word. */
const attributes = () => text({ mode: 'json' }).$type<Attributes>().notNull().default({})

export const tenants = sqliteTable('tenants', {
  id: text().primaryKey(),
  name: text().notNull(),
  attributes: attributes(),
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
    /** Kestra's flag for users who see only what they are bound to; kept and echoed. */
    isRestricted: integer('is_restricted', { mode: 'boolean' }).notNull().default(false),
    disabledAt: integer('disabled_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('accounts_username').on(sql`lower(${table.name})`).where(sql`${table.kind} = 'USER'`),
    index('accounts_by_kind').on(table.kind, sql`${table.name} COLLATE NOCASE`, table.id),
    index('accounts_by_id').on(table.kind, table.id),
    index('accounts_by_flag').on(table.kind, table.isSuperadmin, sql`${table.name} COLLATE NOCASE`, table.id),
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

/** The account's own, repeated where lists sort by them: a page then reads its own rows only. Kept by triggers. */
const accountKind = () => text('account_kind', { enum: ['USER', 'SERVICE_ACCOUNT'] }).notNull()
const accountName = () => text('account_name').notNull()

/** Which tenants an account belongs to. It grants nothing by itself: bindings do. */
export const tenantAccess = sqliteTable(
  'tenant_access',
  {
    tenantId: tenantId(),
    accountId: accountId(),
    accountKind: accountKind(),
    accountName: accountName(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.accountId] }),
    index('tenant_access_by_account').on(table.accountId),
    index('tenant_access_by_name').on(
      table.tenantId,
      table.accountKind,
      sql`${table.accountName} COLLATE NOCASE`,
      table.accountId,
    ),
  ],
)

export const groups = sqliteTable(
  'groups',
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    name: text().notNull(),
    description: text(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('groups_name').on(table.tenantId, table.name),
    index('groups_by_name').on(table.tenantId, sql`${table.name} COLLATE NOCASE`, table.id),
  ],
)

const groupId = () => text('group_id').references(() => groups.id, { onDelete: 'cascade' })

/** Users and service accounts alike. An OWNER may change who is in the group. */
export const groupMembers = sqliteTable(
  'group_members',
  {
    groupId: groupId().notNull(),
    accountId: accountId(),
    membership: text({ enum: ['OWNER', 'MEMBER'] }).notNull(),
    accountName: accountName(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.accountId] }),
    index('group_members_by_account').on(table.accountId),
    index('group_members_by_name').on(
      table.groupId,
      sql`${table.accountName} COLLATE NOCASE`,
      table.accountId,
    ),
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
    /** Given to users who join the tenant from then on; one a tenant at most. */
    isDefault: integer('is_default', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('roles_by_name').on(table.tenantId, sql`${table.name} COLLATE NOCASE`, table.id),
    uniqueIndex('roles_one_default').on(table.tenantId).where(sql`${table.isDefault} = 1`),
  ],
)

export const bindings = sqliteTable(
  'bindings',
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    /** Either an account or a group. */
    accountId: text('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    groupId: groupId(),
    roleId: text('role_id')
      .notNull()
      .references(() => roles.id, { onDelete: 'cascade' }),
    /** With its descendants; null means the whole tenant. */
    namespace: text(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    check('one_subject', sql`(${table.accountId} IS NULL) <> (${table.groupId} IS NULL)`),
    index('bindings_by_account').on(table.accountId),
    index('bindings_by_group').on(table.groupId),
    index('bindings_by_role').on(table.roleId),
    index('bindings_by_tenant').on(table.tenantId, table.id),
  ],
)

/** Which MASTER_KEY a row hangs on: see tokens/keys.ts. */
const keyVersion = () => text('key_version').notNull().default('')
/** People asked into a tenant by a link, until they take it up or are asked no longer. */
export const invitations = sqliteTable(
  'invitations',
  {
    /** The public part of the link's token. */
    id: text().primaryKey(),
    tenantId: tenantId(),
    email: text().notNull(),
    /** HMAC-SHA-256 of the link's token, as of other tokens. */
    mac: blob({ mode: 'buffer' }).$type<Uint8Array>().notNull(),
    keyVersion: keyVersion(),
    roles: text({ mode: 'json' }).$type<InvitedRole[]>().notNull(),
    groupIds: text('group_ids', { mode: 'json' }).$type<string[]>().notNull(),
    isSuperadmin: integer('is_superadmin', { mode: 'boolean' }).notNull(),
    /** Goes with its invitations: what they give is held against what that account holds. */
    inviterId: text('inviter_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    acceptedAt: integer('accepted_at'),
  },
  (table) => [
    index('invitations_by_tenant').on(table.tenantId, table.createdAt, table.id),
    index('invitations_by_inviter').on(table.inviterId),
    index('invitations_by_email').on(table.tenantId, sql`lower(${table.email})`),
  ],
)

/** Everything opaque that Postern mints: API tokens, the sessions of the console, impersonations. */
export const tokens = sqliteTable(
  'tokens',
  {
    /** The public part of the token's text. */
    id: text().primaryKey(),
    kind: text({ enum: ['API', 'SESSION', 'IMPERSONATION'] }).notNull(),
    /** Who is acted as. */
    accountId: accountId(),
    /** Of API tokens what they are called; of others empty. */
    name: text().notNull(),
    description: text().notNull(),
    /** HMAC-SHA-256 of the token's text under a key derived from MASTER_KEY. */
    mac: blob({ mode: 'buffer' }).$type<Uint8Array>().notNull(),
    keyVersion: keyVersion(),
    /** Less than its account holds; null is all of it. */
    narrowing: text({ mode: 'json' }).$type<Narrowing>(),
    createdAt: integer('created_at').notNull(),
    /** Null: never. */
    expiresAt: integer('expires_at'),
    /** By how much use prolongs the expiry, milliseconds; null where it does not (Kestra's `extended`). */
    extendsBy: integer('extends_by'),
    /** Written at most once a minute: declared accuracy, not an account of every use. */
    lastUsedAt: integer('last_used_at'),
    /** Who acts, where that is somebody else than the account; goes with that somebody. */
    impersonatorId: text('impersonator_id').references(() => accounts.id, { onDelete: 'cascade' }),
  },
  (table) => [
    index('tokens_by_account').on(table.accountId, table.kind, table.createdAt),
    index('tokens_by_impersonator').on(table.impersonatorId),
    // How far a change of MASTER_KEY has come is asked without looking at every token.
    index('tokens_by_key_version').on(table.keyVersion),
    index('tokens_by_expiry').on(table.expiresAt, table.id).where(sql`${table.kind} = 'API'`),
    check(
      'impersonation_has_impersonator',
      sql`(${table.kind} = 'IMPERSONATION') = (${table.impersonatorId} IS NOT NULL)`,
    ),
  ],
)

/**
 * Sign-ins by password that failed of late, or are being tried: who is at its limit is not let in. A row is of no use
 * after its expiry.
 */
export const signInAttempts = sqliteTable(
  'sign_in_attempts',
  {
    /** HMAC of an e-mail or network address: what people type by mistake is not kept. */
    subject: text().primaryKey(),
    count: integer().notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('sign_in_attempts_by_expiry').on(table.expiresAt)],
)

/** One row, written by the first set-up: by which name others may know this Postern. */
export const instance = sqliteTable('instance', {
  uuid: text().primaryKey(),
  /** An HMAC of the SETUP_TOKEN that was used last: it is good for nothing any more. */
  setupToken: text('setup_token'),
})

export const signingKeys = sqliteTable(
  'signing_keys',
  {
    kid: text().primaryKey(),
    /** Published and not yet signing, signing, or only verifying. What is gone has no row. */
    state: text({ enum: ['next', 'active', 'retiring'] }).notNull(),
    /** Since when it is in that state. */
    since: integer().notNull().default(0),
    /**
     * The private JWK, AES-256-GCM under a key derived from MASTER_KEY; the first 12 bytes are the nonce. The public
     * half is taken from it, and stands nowhere else: a row slipped in here opens nothing.
     */
    wrappedPrivateJwk: blob('wrapped_private_jwk', { mode: 'buffer' }).$type<Uint8Array>().notNull(),
    keyVersion: keyVersion(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [uniqueIndex('signing_keys_one_each').on(table.state).where(sql`${table.state} <> 'retiring'`)],
)

/** Access tokens given back before their time. A row is of no use once the token would have expired. */
export const revokedAccessTokens = sqliteTable('revoked_access_tokens', {
  jti: text().primaryKey(),
  expiresAt: integer('expires_at').notNull(),
})

/** Who else's assertions may be exchanged: exact names and fixed addresses, never taken from an assertion. */
export const issuers = sqliteTable('issuers', {
  id: text().primaryKey(),
  name: text().notNull(),
  /** The `iss` of its assertions, byte for byte. */
  issuer: text().notNull().unique(),
  jwksUri: text('jwks_uri').notNull(),
  algorithms: text({ mode: 'json' }).$type<readonly Algorithm[]>().notNull(),
  isEnabled: integer('is_enabled', { mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
})

/** Which assertions a service account accepts in place of a token of its own, and for how much. */
export const federatedCredentials = sqliteTable(
  'federated_credentials',
  {
    id: text().primaryKey(),
    accountId: accountId(),
    issuerId: text('issuer_id')
      .notNull()
      .references(() => issuers.id),
    name: text().notNull(),
    /** Of `match`, so that an assertion finds its candidates by index. */
    repositoryId: text('repository_id').notNull(),
    /** Every one must hold. */
    match: text({ mode: 'json' }).$type<Match>().notNull(),
    narrowing: text({ mode: 'json' }).$type<Narrowing>().notNull(),
    /** How long an access token made by it may live. */
    maxTtlSeconds: integer('max_ttl_seconds').notNull(),
    /** Null: never. */
    expiresAt: integer('expires_at'),
    isEnabled: integer('is_enabled', { mode: 'boolean' }).notNull(),
    /** Raised by every change: access tokens made under an earlier one are worth nothing. */
    version: integer().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('federated_credentials_name').on(table.accountId, table.name),
    index('federated_credentials_by_repository').on(table.issuerId, table.repositoryId),
  ],
)

/** Assertions that had their answer. A row is of no use once the assertion has expired. */
export const spentAssertions = sqliteTable(
  'spent_assertions',
  {
    issuerId: text('issuer_id').notNull(),
    jti: text().notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuerId, table.jti] }),
    index('spent_assertions_by_expiry').on(table.expiresAt),
  ],
)

/**
 * The change feed: one row for everything that a change puts an end to, written in the same transaction. Whoever
 * caches a record asks for the rows after the one it knows.
 */
export const changes = sqliteTable('changes', {
  seq: integer().primaryKey({ autoIncrement: true }),
  at: integer().notNull(),
  kind: text({ enum: CHANGE_KINDS }).notNull(),
  ref: text().notNull(),
})

/** Who did what. Nothing here refers to a row elsewhere: the record outlives whom and what it is about. */
export const auditLogs = sqliteTable(
  'audit_logs',
  {
    id: text().primaryKey(),
    at: integer().notNull(),
    /** Null for what belongs to the instance. */
    tenantId: text('tenant_id'),
    namespace: text(),
    type: text({ enum: AUDIT_TYPES }).notNull(),
    resource: text().notNull(),
    resourceId: text('resource_id').notNull(),
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    impersonatorId: text('impersonator_id'),
    impersonatorName: text('impersonator_name'),
    /** The token that was used, by its public id. */
    tokenId: text('token_id'),
    ipAddress: text('ip_address'),
    requestId: text('request_id').notNull(),
    before: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
    after: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
  },
  (table) => [
    index('audit_logs_by_time').on(table.at, table.id),
    index('audit_logs_by_tenant').on(table.tenantId, table.at, table.id),
    index('audit_logs_by_actor').on(table.actorId, table.at, table.id),
    index('audit_logs_by_resource').on(table.resourceId, table.at, table.id),
  ],
)

/** How many rows a list has, so that no page needs to count. Kept by triggers: see the migration. */
export const totals = sqliteTable('totals', {
  /** Such as `groups main`: the list's name and what it is a list of. */
  list: text().primaryKey(),
  total: integer().notNull(),
})

/** Namespaces that somebody created. Files may lie in others too. */
export const namespaces = sqliteTable(
  'namespaces',
  {
    tenantId: tenantId(),
    id: text().notNull(),
    attributes: attributes(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

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
    tenantEmpty: integer('tenant_empty'),
    credentialsFew: integer('credentials_few'),
  },
  (table) => [
    check('folder_unchanged', sql`${table.folderUnchanged} = 1`),
    check('path_free', sql`${table.pathFree} = 1`),
    check('setup_open', sql`${table.setupOpen} = 1`),
    check('superadmin_left', sql`${table.superadminLeft} = 1`),
    check('tenant_empty', sql`${table.tenantEmpty} = 1`),
    check('credentials_few', sql`${table.credentialsFew} = 1`),
  ],
)
