/**
 * The closed catalogue of permissions, `RESOURCE:ACTION`, and what the words of a role mean in it.
 *
 * Roles are stored and echoed as they were sent, in Kestra's old vocabulary (CREATE READ UPDATE DELETE) or its new
 * one (VIEW, LIST, MANAGE_FILES …). Only here are they expanded, when they are evaluated.
 */

/** In the order of Kestra's own tables; each action belongs to the old word it was split from. */
interface Resource {
  readonly READ?: string
  readonly CREATE?: string
  readonly UPDATE?: string
  readonly DELETE?: string
  /** Actions that no old word grants. */
  readonly also?: string
}

type OldWord = 'READ' | 'CREATE' | 'UPDATE' | 'DELETE'

const CRUD: Resource = { READ: 'VIEW LIST', CREATE: 'CREATE', UPDATE: 'UPDATE', DELETE: 'DELETE' }

const CATALOGUE = {
  FLOW: {
    READ: 'VIEW LIST EXPORT',
    CREATE: 'CREATE IMPORT',
    UPDATE: 'UPDATE EXECUTE DISABLE ENABLE VALIDATE',
    DELETE: 'DELETE',
  },
  EXECUTION: {
    READ: 'VIEW LIST ACCESS_LOGS ACCESS_OUTPUTS ACCESS_FILES EXPORT FOLLOW',
    CREATE: 'CREATE',
    UPDATE: 'UPDATE RESTART KILL REPLAY PAUSE RESUME CHANGE_LABELS UNQUEUE FORCE_RUN',
    DELETE: 'DELETE',
  },
  TRIGGER: { READ: 'VIEW LIST EXPORT', UPDATE: 'UNLOCK RESTART DISABLE ENABLE BACKFILL' },
  NAMESPACE: {
    READ: 'VIEW LIST EXPORT_PLUGIN_DEFAULTS',
    CREATE: 'CREATE',
    UPDATE: 'UPDATE MANAGE_FILES IMPORT_PLUGIN_DEFAULTS',
    DELETE: 'DELETE',
  },
  NAMESPACE_FILE: CRUD,
  KVSTORE: CRUD,
  REUSABLE_INPUTS: CRUD,
  DASHBOARD: CRUD,
  SECRET: CRUD,
  CREDENTIAL: CRUD,
  BLUEPRINT: CRUD,
  APP: {
    READ: 'VIEW LIST',
    CREATE: 'CREATE',
    UPDATE: 'UPDATE EXECUTE ACCESS_FILES ACCESS_LOGS',
    DELETE: 'DELETE',
  },
  TESTSUITE: { ...CRUD, also: 'EXECUTE' },
  ASSET: CRUD,
  AUDITLOG: { READ: 'VIEW LIST EXPORT' },
  SYSTEM_SETTINGS: { READ: 'VIEW', UPDATE: 'UPDATE' },
  TENANT_SETTINGS: { READ: 'VIEW', UPDATE: 'UPDATE' },
  COPILOT: { READ: 'USE' },
  USER: {
    READ: 'VIEW LIST',
    CREATE: 'CREATE',
    UPDATE: 'UPDATE MANAGE_GROUP_MEMBERSHIP',
    DELETE: 'DELETE',
    also: 'IMPERSONATE',
  },
  GROUP: { READ: 'VIEW LIST', CREATE: 'CREATE', UPDATE: 'UPDATE MANAGE_MEMBERS', DELETE: 'DELETE' },
  ROLE: CRUD,
  BINDING: { READ: 'VIEW LIST', CREATE: 'CREATE', DELETE: 'DELETE' },
  SERVICE_ACCOUNT: CRUD,
  INVITATION: CRUD,
} as const satisfies Record<string, Resource>

export type ResourceName = keyof typeof CATALOGUE
export type Permission = `${ResourceName}:${string}`

/** Resources that old roles name and that are called otherwise, or are gone, in the new model. */
const RENAMED: Record<string, readonly ResourceName[]> = {
  SETTING: ['SYSTEM_SETTINGS', 'TENANT_SETTINGS'],
  AI_COPILOT: ['COPILOT'],
  TENANT_ACCESS: ['USER'],
  APPEXECUTION: ['APP'],
  TEST: ['TESTSUITE'],
  TEMPLATE: [],
  IMPERSONATE: [],
  INFRASTRUCTURE: [],
}

const isOldWord = (word: string): word is OldWord =>
  word === 'READ' || word === 'CREATE' || word === 'UPDATE' || word === 'DELETE'

const words = (text: string | undefined): string[] => text?.split(' ') ?? []

/** All actions that exist on a resource. */
export function actionsOf(resource: ResourceName): string[] {
  const { READ, CREATE, UPDATE, DELETE, also }: Resource = CATALOGUE[resource]
  return [READ, CREATE, UPDATE, DELETE, also].flatMap(words)
}

export const resourceNames = Object.keys(CATALOGUE) as ResourceName[]

/** Whether a role may hold this action on this resource, in either vocabulary. */
export function isKnownPermission(resource: string, action: string): boolean {
  if (resource in RENAMED || resource === 'GROUP_MEMBERSHIP') return isOldWord(action)
  if (!(resource in CATALOGUE)) return false
  return isOldWord(action) || actionsOf(resource as ResourceName).includes(action)
}

/**
 * What the permissions of a role grant, in the new vocabulary.
 *
 * A list made of old words only is read as old: `NAMESPACE: [UPDATE]` includes MANAGE_FILES. Beside a new word the
 * shared words CREATE, UPDATE and DELETE mean just themselves; READ, which the new vocabulary lacks, always means
 * its whole row. Files of a namespace are governed by `NAMESPACE_FILE`: MANAGE_FILES grants all of it, and an old
 * word on FLOW the same word on files, as in Kestra before 2.0.
 */
export function expandPermissions(permissions: Readonly<Record<string, readonly string[]>>): Set<Permission> {
  const granted = new Set<Permission>()
  for (const [name, actions] of Object.entries(permissions)) {
    const isOld = actions.every(isOldWord)
    for (const action of actions) {
      if (name === 'GROUP_MEMBERSHIP') grantGroupMembership(granted, action)
      for (const resource of RENAMED[name] ?? (name in CATALOGUE ? [name as ResourceName] : [])) {
        const row: Resource = CATALOGUE[resource]
        const expanded = isOldWord(action) && (isOld || action === 'READ') ? words(row[action]) : [action]
        for (const one of expanded) granted.add(`${resource}:${one}`)
        if (resource === 'FLOW' && isOld && isOldWord(action)) grantFiles(granted, action)
        if (resource === 'NAMESPACE' && expanded.includes('MANAGE_FILES')) {
          for (const word of ['READ', 'CREATE', 'UPDATE', 'DELETE'] as const) grantFiles(granted, word)
        }
      }
    }
  }
  return granted
}

function grantFiles(granted: Set<Permission>, word: OldWord): void {
  for (const action of words(CATALOGUE.NAMESPACE_FILE[word])) granted.add(`NAMESPACE_FILE:${action}`)
}

/** The old GROUP_MEMBERSHIP was about members alone: it must not grow into rights over the groups themselves. */
function grantGroupMembership(granted: Set<Permission>, action: string): void {
  for (const one of action === 'READ' ? ['VIEW', 'LIST'] : ['MANAGE_MEMBERS']) granted.add(`GROUP:${one}`)
}
