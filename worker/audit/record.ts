/**
 * What a change leaves behind it: a record of who did it, and a row of the change feed for everything it puts an end
 * to. Both are statements of the change's own transaction: no change without its record, no record of what failed.
 */

import {
  type AuditLog,
  type ChangeKind,
  insertAuditLog,
  insertAuditLogs,
  insertChanges,
} from '../storage/changes.ts'
import type { Database, Statement } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'

/** Who does something, from where and when. */
export interface Actor {
  readonly accountId: string
  /** A service account's name or a user's e-mail address. */
  readonly name: string
  /** Who really acts, where that is somebody else. */
  readonly impersonator?: { readonly accountId: string; readonly name: string }
  /** The public id of the token that was used; absent for a password. */
  readonly tokenId?: string
  readonly ipAddress?: string
  readonly requestId: string
  /** When the request arrived, in milliseconds since 1970. */
  readonly now: number
}

export interface Deed {
  readonly type: AuditLog['type']
  /** In the words of the permission catalogue, such as `SERVICE_ACCOUNT`. */
  readonly resource: string
  readonly id: string
  /** Absent for what belongs to the instance. */
  readonly tenant?: string | undefined
  readonly namespace?: string | null | undefined
  /** How it was and how it is. Of secrets only that they are there is kept. */
  readonly before?: object | undefined
  readonly after?: object | undefined
  /** Whose compiled records this makes wrong. */
  readonly ends?: ReadonlyArray<{ readonly kind: ChangeKind; readonly ref: string }>
}

export function record(db: Database, actor: Actor, deed: Deed): Statement[] {
  return [insertAuditLog(db, logOf(actor, deed)), ...insertChanges(deed.ends ?? [], actor.now)]
}

/** The same of many at once, in few statements however many they are. */
export function recordAll(actor: Actor, deeds: readonly Deed[]): Statement[] {
  const ends = deeds.flatMap((deed) => deed.ends ?? [])
  return [...insertAuditLogs(deeds.map((deed) => logOf(actor, deed))), ...insertChanges(ends, actor.now)]
}

function logOf(actor: Actor, deed: Deed): AuditLog {
  const { type, resource, id, tenant, namespace, before, after } = deed
  return {
    id: newId(),
    at: actor.now,
    tenantId: tenant ?? null,
    namespace: namespace ?? null,
    type,
    resource,
    resourceId: id,
    actorId: actor.accountId,
    actorName: actor.name,
    impersonatorId: actor.impersonator?.accountId ?? null,
    impersonatorName: actor.impersonator?.name ?? null,
    tokenId: actor.tokenId ?? null,
    ipAddress: actor.ipAddress ?? null,
    requestId: actor.requestId,
    before: before === undefined ? null : withoutSecrets(before),
    after: after === undefined ? null : withoutSecrets(after),
  }
}

/** The last three are Kestra's, of tenants and namespaces: they hold credentials. */
const SECRETS = new Set([
  'password',
  'mac',
  'wrappedPrivateJwk',
  'sdkDefaultAuthentication',
  'secretConfiguration',
  'storageConfiguration',
])

/** A changed password must show as a change without showing anything of it. */
function withoutSecrets(state: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) => {
      if (value === null || value === undefined) return []
      return [[name, SECRETS.has(name) ? '(hidden)' : value]]
    }),
  )
}
