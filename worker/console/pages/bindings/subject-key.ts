/** Who a binding is about, as addresses name it: `USER.id`, of accounts of both kinds, or `GROUP.id`. */

/** @returns the type and the id, or nothing for what names nobody */
export function readSubjectKey(text: string | undefined): readonly ['USER' | 'GROUP', string] | undefined {
  const [, type, id] = /^(USER|GROUP)\.(.{1,128})$/.exec(text ?? '') ?? []
  return type === undefined || id === undefined ? undefined : [type as 'USER' | 'GROUP', id]
}
