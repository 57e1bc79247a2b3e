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

const OLD_WORDS = ['READ', 'CREATE', 'UPDATE', 'DELETE'] as const
export type OldWord = (typeof OLD_WORDS)[number]

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

export const resourceNames = Object.keys(CATALOGUE) as ResourceName[]

/** The permissions that each old word comes to. */
type OldWords = Readonly<Partial<Record<OldWord, readonly string[]>>>

/** By resource, worked out once: roles are expanded whenever somebody is authenticated. */
const OLD_WORDS_OF = new Map<string, OldWords>(
  resourceNames.map((resource) => {
    const row: Resource = CATALOGUE[resource]
    const inFull = (word: OldWord) => words(row[word]).map((action) => `${resource}:${action}`)
    return [resource, Object.fromEntries(OLD_WORDS.map((word) => [word, inFull(word)]))]
  }),
)

const oldWordsOf = (resource: ResourceName): OldWords => OLD_WORDS_OF.get(resource) ?? {}

/** Old resources that are called otherwise, or are gone, in the new model. */
const OLD_RESOURCES = new Map<string, OldWords>([
  [
    'SETTING',
    {
      READ: ['SYSTEM_SETTINGS:VIEW', 'TENANT_SETTINGS:VIEW'],
      UPDATE: ['SYSTEM_SETTINGS:UPDATE', 'TENANT_SETTINGS:UPDATE'],
    },
  ],
  ['AI_COPILOT', oldWordsOf('COPILOT')],
  ['TENANT_ACCESS', oldWordsOf('USER')],
  ['APPEXECUTION', oldWordsOf('APP')],
  ['TEST', oldWordsOf('TESTSUITE')],
  // It was about members alone: it must not grow into rights over the groups themselves.
  [
    'GROUP_MEMBERSHIP',
    {
      READ: ['GROUP:VIEW', 'GROUP:LIST'],
      CREATE: ['GROUP:MANAGE_MEMBERS'],
      UPDATE: ['GROUP:MANAGE_MEMBERS'],
      DELETE: ['GROUP:MANAGE_MEMBERS'],
    },
  ],
  ...['TEMPLATE', 'IMPERSONATE', 'INFRASTRUCTURE', 'ME', 'APITOKEN'].map((gone): [string, OldWords] => [
    gone,
    {},
  ]),
])

/** Resources of Kestra that Postern has nothing to guard for: roles may name them, and are granted nothing by it. */
const OTHER_RESOURCES = (
  'MCP_SERVER SUPPORT POLICY APP_EXECUTION TESTSUITE_RUN SECURITY_INTEGRATION KILL_SWITCH TENANT VERSIONED_PLUGIN ' +
  'WORKER_GROUP WORKER_QUEUE INSTANCE UNKNOWN'
).split(' ')

const KNOWN_ACTIONS = new Set<string>([...OLD_WORDS, ...resourceNames.flatMap(actionsOf), 'LOCK', 'UNKNOWN'])

/** All actions that exist on a resource. */
export function actionsOf(resource: ResourceName): string[] {
  const { READ, CREATE, UPDATE, DELETE, also }: Resource = CATALOGUE[resource]
  return [READ, CREATE, UPDATE, DELETE, also].flatMap(words)
}

/** The actions that an old word was split into; none where it means nothing on the resource. */
export const actionsUnder = (resource: ResourceName, word: OldWord): string[] =>
  words((CATALOGUE[resource] as Resource)[word])

const PERMISSIONS = new Set<string>(
  resourceNames.flatMap((resource) => actionsOf(resource).map((action) => `${resource}:${action}`)),
)

/** All there are. */
export const permissions = [...PERMISSIONS] as Permission[]

/** Whether this is one of the catalogue's own words, such as `FLOW:VIEW`. */
export const isPermission = (text: string): text is Permission => PERMISSIONS.has(text)

/** Whether a role may name this resource. Not all that are known mean something here. */
export const isKnownResource = (name: string): boolean =>
  OLD_WORDS_OF.has(name) || OLD_RESOURCES.has(name) || OTHER_RESOURCES.includes(name)

/** Whether a role may name this action, on whatever resource. */
export const isKnownAction = (word: string): boolean => KNOWN_ACTIONS.has(word)

/**
 * What the permissions of a role grant, in the new vocabulary. What is not in the catalogue grants nothing.
 *
 * A list made of old words only is read as old: `NAMESPACE: [UPDATE]` includes MANAGE_FILES. Beside a new word the
 * shared words CREATE, UPDATE and DELETE mean just themselves; READ, which the new vocabulary lacks, always means
 * its whole row. Files of a namespace are governed by `NAMESPACE_FILE`: MANAGE_FILES grants all of it, and an old
 * word on FLOW the same word on files, as in Kestra before 2.0.
 */
export function expandPermissions(permissions: Readonly<Record<string, readonly string[]>>): Set<Permission> {
  const granted = new Set<string>()
  for (const [resource, actions] of Object.entries(permissions)) {
    const isOld = actions.every(isOldWord)
    for (const action of actions) {
      for (const permission of expandAction(resource, action, isOld)) granted.add(permission)
      if (resource === 'FLOW' && isOld) grantFiles(granted, action as OldWord)
    }
  }
  if (granted.has('NAMESPACE:MANAGE_FILES')) {
    for (const word of OLD_WORDS) grantFiles(granted, word)
  }
  return granted as Set<Permission>
}

function expandAction(resource: string, action: string, isOld: boolean): readonly string[] {
  const old = OLD_RESOURCES.get(resource)
  if (old) return isOldWord(action) ? (old[action] ?? []) : []
  if (isOldWord(action) && (isOld || action === 'READ')) return OLD_WORDS_OF.get(resource)?.[action] ?? []
  const permission = `${resource}:${action}`
  return PERMISSIONS.has(permission) ? [permission] : []
}

function grantFiles(granted: Set<string>, word: OldWord): void {
  for (const permission of oldWordsOf('NAMESPACE_FILE')[word] ?? []) granted.add(permission)
}

/** Whether a word is one of the four of the old vocabulary; three of them mean something in the new one too. */
export function isOldWord(word: string): word is OldWord {
  return (OLD_WORDS as readonly string[]).includes(word)
}

function words(text: string | undefined): string[] {
  return text ? text.split(' ') : []
}
