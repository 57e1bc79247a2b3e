import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FilePath } from '../../shared/file-path.ts'
import { diffFolder, type FolderDiff, findClash, type ManifestFile } from '../../shared/folder-diff.ts'

const file = (path: string, sha256: string, size = 1): ManifestFile => ({ path, sha256, size })

/** Few paths and few contents, so that two folders often share them. */
const folders = fc.uniqueArray(
  fc.record({
    path: fc.oneof(
      fc.constantFrom('a', 'a.txt', 'a/b', 'B', 'é', 'z', '__proto__', 'constructor', '🙂', 'ﬁ'),
      fc.string({ minLength: 1, maxLength: 3 }),
    ),
    sha256: fc.constantFrom('s1', 's2', 's3'),
    size: fc.nat(3),
  }),
  { selector: ({ path }) => path, maxLength: 12 },
)

const contentsOf = (folder: readonly ManifestFile[]) =>
  new Map(folder.map(({ path, sha256 }) => [path, sha256]))

/** Does to a folder what a commit does: contents come from the manifest, by path. */
function apply(current: readonly ManifestFile[], wanted: readonly ManifestFile[], { changes }: FolderDiff) {
  const folder = contentsOf(current)
  const offered = contentsOf(wanted)
  for (const { kind, path } of changes) {
    expect(folder.has(path)).toBe(kind !== 'create')
    if (kind === 'delete') folder.delete(path)
    else folder.set(path, offered.get(path) ?? '')
  }
  return folder
}

const count = ({ changes }: FolderDiff, wanted: string) =>
  changes.filter(({ kind }) => kind === wanted).length

describe('diffFolder', () => {
  it('says what is created, updated and deleted, with sizes before and after', () => {
    const current = [file('gone', 's1', 10), file('kept', 's2', 20), file('edited', 's3', 30)]
    const wanted = [file('new', 's4', 40), file('edited', 's5', 50), file('kept', 's2', 20)]
    expect(diffFolder(current, wanted, true)).toEqual({
      changes: [
        { kind: 'update', path: 'edited', size: 50, previousSize: 30 },
        { kind: 'delete', path: 'gone', previousSize: 10 },
        { kind: 'create', path: 'new', size: 40 },
      ],
      unchanged: 1,
    })
  })

  it('leaves alone what is not wanted unless it is deleting, and does not count it', () => {
    expect(diffFolder([file('other', 's1')], [file('new', 's2')], false)).toEqual({
      changes: [{ kind: 'create', path: 'new', size: 1 }],
      unchanged: 0,
    })
  })

  it('empties a folder of which nothing is wanted', () => {
    expect(diffFolder([file('b', 's1', 2), file('a', 's1', 3)], [], true)).toEqual({
      changes: [
        { kind: 'delete', path: 'a', previousSize: 3 },
        { kind: 'delete', path: 'b', previousSize: 2 },
      ],
      unchanged: 0,
    })
  })

  it('moves a file by deleting and creating', () => {
    expect(
      diffFolder([file('old', 's1')], [file('new', 's1')], true).changes.map(({ kind }) => kind),
    ).toEqual(['create', 'delete'])
  })

  it('turns the current folder into the wanted one when deleting', () => {
    fc.assert(
      fc.property(folders, folders, (current, wanted) => {
        const result = apply(current, wanted, diffFolder(current, wanted, true))
        expect(result).toEqual(contentsOf(wanted))
      }),
    )
  })

  it('turns the current folder into the union when not deleting, where what is wanted wins', () => {
    fc.assert(
      fc.property(folders, folders, (current, wanted) => {
        const result = apply(current, wanted, diffFolder(current, wanted, false))
        expect(result).toEqual(contentsOf([...current, ...wanted]))
      }),
    )
  })

  it('finds nothing to do a second time', () => {
    fc.assert(
      fc.property(folders, fc.boolean(), (folder, isDeleting) => {
        expect(diffFolder(folder, folder, isDeleting)).toEqual({ changes: [], unchanged: folder.length })
      }),
    )
  })

  it('names each path once, sorted by code unit, whatever order the folders come in', () => {
    fc.assert(
      fc.property(folders, folders, fc.boolean(), (current, wanted, isDeleting) => {
        const diff = diffFolder(current, wanted, isDeleting)
        const paths = diff.changes.map(({ path }) => path)
        expect(paths).toEqual([...new Set(paths)].sort())
        expect(diffFolder(current.toReversed(), wanted.toReversed(), isDeleting)).toEqual(diff)
      }),
    )
  })

  it('counts every wanted file once, and when deleting every current one', () => {
    fc.assert(
      fc.property(folders, folders, (current, wanted) => {
        for (const isDeleting of [true, false]) {
          const diff = diffFolder(current, wanted, isDeleting)
          const kept = diff.unchanged + count(diff, 'update')
          expect(kept + count(diff, 'create')).toBe(wanted.length)
          expect(count(diff, 'delete')).toBe(isDeleting ? current.length - kept : 0)
        }
      }),
    )
  })

  it('leaves both folders as they were', () => {
    const folder = Object.freeze([Object.freeze(file('b', 's1')), Object.freeze(file('a', 's2'))])
    expect(() => diffFolder(folder, folder, true)).not.toThrow()
  })
})

describe('findClash', () => {
  const clash = (files: string[], emptyFolders: string[] = []) =>
    findClash(files as FilePath[], emptyFolders as FilePath[])

  it.each<[string[], string[]]>([
    [[], []],
    [['/a', '/ab/c', '/a.txt'], []],
    [
      ['/a/b', '/a/c/d'],
      ['/a/e', '/f/g'],
    ],
    [['/ab'], ['/a', '/abc']],
    [[], ['/a', '/a/b']],
  ])('finds nothing where files %j and empty folders %j are together', (files, emptyFolders) => {
    expect(clash(files, emptyFolders)).toBeUndefined()
  })

  it.each<[string[], string[], string]>([
    [['/a', '/a/b'], [], '/a'],
    [['/x/a/b/c', '/x/a'], [], '/x/a'],
    [['/a'], ['/a'], '/a'],
    [['/a'], ['/a/b/c'], '/a'],
  ])('finds the file of %j and %j that is needed as a folder', (files, emptyFolders, found) => {
    expect(clash(files, emptyFolders)).toBe(found)
  })
})
