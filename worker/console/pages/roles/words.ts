/** A role's permissions as a form sends them, a word each: `FLOW:READ`. */

type Permissions = Readonly<Record<string, readonly string[]>>

export function toPermissions(words: readonly string[]): Record<string, string[]> {
  const permissions = new Map<string, string[]>()
  for (const word of words) {
    const [resource = '', ...action] = word.split(':')
    permissions.set(resource, [...(permissions.get(resource) ?? []), action.join(':')])
  }
  return Object.fromEntries(permissions)
}

/**
 * Roles are shown as they were written: what stays of one stays in its order, and an empty list, which cannot be
 * ticked, is kept.
 */
export function inOrderOf(before: Permissions, permissions: Permissions): Record<string, string[]> {
  const resources = [...new Set([...Object.keys(before), ...Object.keys(permissions)])]
  return Object.fromEntries(
    resources.flatMap((resource): Array<[string, string[]]> => {
      const old = before[resource] ?? []
      const now = permissions[resource] ?? []
      const isKept = now.length > 0 || before[resource]?.length === 0
      return isKept
        ? [
            [
              resource,
              [...old.filter((one) => now.includes(one)), ...now.filter((one) => !old.includes(one))],
            ],
          ]
        : []
    }),
  )
}
