/**
 * Commits, single writes and removals in any order, against a model of a few lines: a map of contents, and for each
 * path when it last changed.
 */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Bot, createAdmin, createBot, freshEdge } from '../support/edge.ts'
import { removeFile, writeFile } from '../support/files.ts'
import { manifestOf, planOf, sendBlobs, sendCommit, type Tree, treeOf, uploadOf } from '../support/sync.ts'

const PATHS = ['a', 'ab', 'a/x', 'a/b', 'a/b/x', 'b']
const CONTENTS = ['', '1', '2']
const ROOTS = ['/', '/a', '/a/b']

const path = fc.constantFrom(...PATHS)
const content = fc.constantFrom(...CONTENTS)
const root = fc.constantFrom(...ROOTS)
const action = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path, content }),
  fc.record({ kind: fc.constant('remove' as const), path }),
  fc.record({
    kind: fc.constant('commit' as const),
    root,
    isDeleting: fc.boolean(),
    files: fc.dictionary(fc.constantFrom('a', 'b', 'x', 'b/x'), content, { maxKeys: 3 }),
    /** With an ETag from before, be it still good or not. */
    isStale: fc.boolean(),
  }),
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never
type CommitAction = Extract<Action, { kind: 'commit' }>

const isBelow = (folder: string, one: string) => one.startsWith(folder === '' ? '' : `${folder}/`)

function createModel() {
  let files = new Map<string, string>()
  const changed = new Map<string, number>()
  let time = 0

  /** When anything below the folder last changed: what its ETag stands for. */
  const version = (folder: string): number =>
    Math.max(0, ...[...changed].filter(([one]) => isBelow(folder, one)).map(([, when]) => when))

  /** All or nothing. @returns whether it went through: no file may be the folder of another one */
  function change(put: Tree, gone: readonly string[] = []): boolean {
    const after = new Map([...files].filter(([one]) => !gone.includes(one)))
    for (const [one, text] of Object.entries(put)) after.set(one, text)
    if ([...after.keys()].some((one) => [...after.keys()].some((other) => isBelow(one, other)))) return false
    time++
    for (const one of [...Object.keys(put), ...gone]) changed.set(one, time)
    files = after
    return true
  }

  return {
    version,
    content: () => [...files].sort(),
    write: (one: string, text: string) => (change({ [one]: text }) ? 200 : 409),
    remove(folder: string) {
      change(
        {},
        [...files.keys()].filter((one) => one === folder || isBelow(folder, one)),
      )
      return 200
    },
    commit({ root, isDeleting, files: named }: CommitAction, planned: number) {
      const folder = root.slice(1)
      if (version(folder) !== planned) return 412
      const wanted = new Map(
        Object.entries(named).map(([one, text]) => [folder ? `${folder}/${one}` : one, text]),
      )
      const put = [...wanted].filter(([one, text]) => files.get(one) !== text)
      const gone = [...files.keys()].filter((one) => isDeleting && isBelow(folder, one) && !wanted.has(one))
      if (put.length + gone.length === 0) return 200
      return change(Object.fromEntries(put), gone) ? 200 : 409
    },
  }
}

let bot: Bot
beforeAll(async () => {
  await freshEdge()
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { namespace: null, by: await createAdmin() })
})

async function run(namespace: string, actions: readonly Action[]): Promise<void> {
  const model = createModel()
  await sendBlobs(namespace, await uploadOf(...CONTENTS), bot)
  const planned = new Map<string, { etag: string; version: number }>()
  const plan = async (root: string) => {
    const { etag } = await planOf(namespace, { root, files: [] }, bot)
    planned.set(root, { etag, version: model.version(root.slice(1)) })
  }
  const apply = async (one: Action): Promise<{ answer: Response; expected: number }> => {
    switch (one.kind) {
      case 'write': {
        const answer = await writeFile(namespace, one.path, one.content, bot)
        return { answer, expected: model.write(one.path, one.content) }
      }
      case 'remove':
        return {
          answer: await removeFile(namespace, one.path, bot),
          expected: model.remove(one.path),
        }
      case 'commit': {
        if (!one.isStale) await plan(one.root)
        const { etag, version } = planned.get(one.root) ?? { etag: '', version: Number.NaN }
        const manifest = await manifestOf(one.files, { root: one.root, delete: one.isDeleting })
        const answer = await sendCommit(namespace, { plan: manifest }, etag, bot)
        return { answer, expected: model.commit(one, version) }
      }
    }
  }
  for (const root of ROOTS) await plan(root)
  for (const one of actions) {
    const { answer, expected } = await apply(one)
    expect({ action: one, status: answer.status }).toEqual({ action: one, status: expected })
  }
  expect(Object.entries(await treeOf(namespace, bot)).sort()).toEqual(model.content())
}

describe('namespace files', () => {
  it('end as a map would, whatever comes in which order', async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 10 }), (actions) =>
        run(`run${count++}`, actions),
      ),
      { seed: 20, numRuns: 50 },
    )
  }, 30_000)
})
