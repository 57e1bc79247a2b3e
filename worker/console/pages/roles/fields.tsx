/** The form of a role, be it new or not. */

import * as v from 'valibot'
import { Label } from '../../../../shared/names.ts'
import { WriteRole } from '../../../../shared/wire/role.ts'
import { optional, several, ticked } from '../../fields.ts'
import { Field, Form, Switch } from '../../parts/form.tsx'
import { MatrixField } from '../../parts/matrix.tsx'
import { toPermissions } from './words.ts'

export const roleFields = v.object({
  name: WriteRole.entries.name,
  description: optional(Label),
  isDefault: ticked,
  permissions: v.pipe(
    several(v.string()),
    v.transform((words): Record<string, unknown> => toPermissions(words)),
    WriteRole.entries.permissions,
  ),
})

interface Props {
  readonly submit: string
  readonly cancel: string
  readonly name: string
  readonly description: string | null
  readonly isDefault: boolean
  readonly permissions: Readonly<Record<string, readonly string[]>>
}

export function RoleForm({ submit, cancel, name, description, isDefault, permissions }: Props) {
  return (
    <Form submit={submit} cancel={cancel} isWide>
      <Field name="name" label="Name" value={name} isRequired isFocused={name === ''} maxLength={500} />
      <Field name="description" label="Description" value={description ?? ''} maxLength={500} />
      <Switch
        name="isDefault"
        label="Default role"
        isOn={isDefault}
        hint="Users who join the tenant from now on get it in the whole tenant. One role at most is the default."
      />
      <MatrixField
        name="permissions"
        label="Permissions"
        permissions={permissions}
        hint={
          <>
            CREATE, READ, UPDATE and DELETE include all single actions under them, as long as no single action
            of the same resource is ticked: then CREATE, UPDATE and DELETE mean just themselves.
          </>
        }
      />
    </Form>
  )
}
