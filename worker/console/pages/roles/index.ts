/** Roles: the list, and all that is done with one. */

import { deleteRoleForm } from './delete.tsx'
import { editRoleForm } from './edit.tsx'
import { holdersPage } from './holders.tsx'
import { rolesPage } from './list.tsx'
import { createRoleForm } from './new.tsx'
import { rolePage } from './role.tsx'

export const rolePages = [rolesPage, createRoleForm, rolePage, editRoleForm, holdersPage, deleteRoleForm]
