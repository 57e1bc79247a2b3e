/** The roles that every tenant has from the start. They cannot be changed or deleted. */

import { actionsOf, type ResourceName, resourceNames } from '../../shared/permissions.ts'
import type { Database, Statement } from '../storage/database.ts'
import { insertRole, type Role } from '../storage/roles.ts'

type Permissions = Record<string, string[]>

const READING = ['VIEW', 'LIST', 'EXPORT']

const viewer: Permissions = pick(['FLOW', 'EXECUTION', 'TRIGGER', 'NAMESPACE'], READING)

const launcher: Permissions = merge(viewer, {
  FLOW: ['EXECUTE'],
  EXECUTION: [
    'CREATE',
    'RESTART',
    'REPLAY',
    'KILL',
    'PAUSE',
    'RESUME',
    'FOLLOW',
    'ACCESS_LOGS',
    'ACCESS_OUTPUTS',
  ],
})

/** Files of a namespace are the Developer's business since Kestra 2.0, not the Editor's. */
const editor: Permissions = merge(
  viewer,
  pick([
    'FLOW',
    'EXECUTION',
    'TRIGGER',
    'KVSTORE',
    'REUSABLE_INPUTS',
    'DASHBOARD',
    'APP',
    'TESTSUITE',
    'ASSET',
  ]),
)

const developer: Permissions = merge(editor, pick(['NAMESPACE', 'SECRET', 'CREDENTIAL', 'BLUEPRINT']))

export const MANAGED_ROLES: Readonly<Record<string, Permissions>> = {
  Admin: pick(resourceNames),
  Developer: developer,
  Editor: editor,
  Launcher: launcher,
  Viewer: viewer,
}

/** Kestra's clients know these ids: `admin_main`, `viewer_main` … */
export const managedRoleId = (name: string, tenantId: string): string => `${name.toLowerCase()}_${tenantId}`

export function insertManagedRoles(db: Database, tenantId: string, now: number): Statement[] {
  return Object.entries(MANAGED_ROLES).map(([name, permissions]) => {
    const role: Role = {
      id: managedRoleId(name, tenantId),
      tenantId,
      name,
      description: null,
      permissions,
      isManaged: true,
      isDefault: false,
      createdAt: now,
    }
    return insertRole(db, role)
  })
}

/** All actions of these resources, or those among them that `only` names. */
function pick(resources: readonly ResourceName[], only?: readonly string[]): Permissions {
  return Object.fromEntries(
    resources.map((resource) => [
      resource,
      actionsOf(resource).filter((action) => only === undefined || only.includes(action)),
    ]),
  )
}

function merge(...all: Permissions[]): Permissions {
  const merged: Permissions = {}
  for (const permissions of all) {
    for (const [resource, actions] of Object.entries(permissions)) {
      merged[resource] = [...new Set([...(merged[resource] ?? []), ...actions])]
    }
  }
  return merged
}
