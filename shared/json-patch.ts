/**
 * JSON Patch (RFC 6902) between two objects, member by member: what is deeper is replaced with the member it stands in.
 * A missing object counts as an empty one.
 */

import * as v from 'valibot'

const Path = v.string()
export const PatchOperation = v.variant('op', [
  v.object({ op: v.literal('add'), path: Path, value: v.unknown() }),
  v.object({ op: v.literal('replace'), path: Path, value: v.unknown() }),
  v.object({ op: v.literal('remove'), path: Path }),
])
export type PatchOperation = v.InferOutput<typeof PatchOperation>

type State = Readonly<Record<string, unknown>>

export function patchBetween(before: State | null, after: State | null): PatchOperation[] {
  const [from, to] = [before ?? {}, after ?? {}]
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
  return names.flatMap((name): PatchOperation[] => {
    const path = pointerTo(name)
    if (!Object.hasOwn(to, name)) return [{ op: 'remove', path }]
    const value = to[name]
    if (!Object.hasOwn(from, name)) return [{ op: 'add', path, value }]
    return JSON.stringify(from[name]) === JSON.stringify(value) ? [] : [{ op: 'replace', path, value }]
  })
}

/** RFC 6901 §3. */
const pointerTo = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
