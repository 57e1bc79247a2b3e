/**
 * Commits, single writes, moves, removals, folders, rollbacks and sweeps in any order, against a model of a page: maps
 * by path, and for each path when it last changed.
 */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Deployment, Plan } from '../../../shared/wire/sync.ts'
import { HOUR } from '../support/clock.ts'
import { type Bot, call, createBot, expectJson, freshEdge } from '../support/edge.ts'
import { filesOf, moveFile, removeFile, writeFile } from '../support/files.ts'
import { sweepIn } from '../support/sweep.ts'
import {
  manifestOf,
  planOf,
  rollBack,
  sendBlobs,
  sendCommit,
  type Tree,
  treeOf,
  uploadOf,
} from '../support/sync.ts'

const PATHS = ['a', 'ab', 'a/x', 'a/b', 'a/b/x', 'b']
const CONTENTS = ['', '1', '2']
const ROOTS = ['/', '/a', '/a/b']
const NAMES = ['a', 'b', 'x', 'b/x']

const path = fc.constantFrom(...PATHS)
const content = fc.constantFrom(...CONTENTS)
const root = fc.constantFrom(...ROOTS)
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('write' as const), path, content }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), path }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      from: path,
      to: fc.constantFrom(...PATHS, 'c', 'c/y', 'a/y'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('make folder' as const), path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('roll back' as const), which: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      root,
      mode: fc.constantFrom('none' as const, 'owned' as const, 'all' as const),
      keep: fc.subarray(NAMES, { maxLength: 1 }),
      repositoryId: fc.constantFrom('1', '2'),
      files: fc.dictionary(fc.constantFrom(...NAMES), content, { maxKeys: 3 }),
      /** With an ETag from before, be it still good or not. */
      isStale: fc.boolean(),
    }),
  },
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never
type CommitAction = Extract<Action, { kind: 'commit' }>

interface File {
  readonly content: string
  readonly owner: string | null
}
type Files = ReadonlyMap<string, File>

/** Of a folder without a leading slash; the root is empty. */
const isBelow = (folder: string, one: string) => one.startsWith(folder === '' ? '' : `${folder}/`)
const isUnder = (folder: string, one: string) => one === folder || isBelow(folder, one)
const inFolder = (folder: string, name: string) => (folder ? `${folder}/${name}` : name)

function createModel() {
  let files: Files = new Map<string, File>()
  let emptyFolders = new Set<string>()
  /** What each path was, as revisions count. */
  const revisions = new Map<string, string[]>()
  const changed = new Map<string, number>()
  const deployments: { readonly root: string; readonly files: Files }[] = []
  let time = 0

  const entries = () => [...files.keys(), ...emptyFolders]
  const isParentOfAny = (one: string, others: Iterable<string>) =>
    [...others].some((other) => isBelow(one, other))

  /** When anything below the folder last changed: what its ETag stands for. */
  const version = (folder: string): number =>
    Math.max(0, ...[...changed].filter(([one]) => isBelow(folder, one)).map(([, when]) => when))

  /** All or nothing. @returns whether it went through: nothing may be two things at once */
  function change(
    put: Files,
    {
      gone = [],
      folder,
      adopted = [],
    }: { gone?: string[]; folder?: string; adopted?: [string, string][] } = {},
  ): boolean {
    const after = new Map([...files].filter(([one]) => !gone.includes(one)))
    for (const [one, file] of put) after.set(one, file)
    const folders = new Set([...emptyFolders].filter((one) => !gone.includes(one)))
    if (folder !== undefined) folders.add(folder)
    const all = [...after.keys(), ...folders]
    if ([...after.keys()].some((one) => folders.has(one) || isParentOfAny(one, all))) return false
    time++
    for (const one of folders) if (isParentOfAny(one, all)) folders.delete(one)
    for (const one of [...emptyFolders, ...folders])
      if (emptyFolders.has(one) !== folders.has(one)) changed.set(one, time)
    for (const [one, owner] of adopted) after.set(one, { content: after.get(one)?.content ?? '', owner })
    for (const one of [...put.keys(), ...gone, ...adopted.map(([one]) => one)]) changed.set(one, time)
    for (const [one, file] of put) revisions.set(one, [...(revisions.get(one) ?? []), file.content])
    files = after
    emptyFolders = folders
    return true
  }

  /** A deployment, if it goes through. */
  function deploy(root: string, put: Files, options: Parameters<typeof change>[1]): number {
    if (!change(put, options)) return 409
    deployments.push({ root, files })
    return 200
  }

  return {
    version,
    deployments,
    contents: () => [...files].map(([one, { content }]) => [one, content]).sort(),
    emptyFolders: () => [...emptyFolders].sort(),
    revisions: () => [...files.keys()].map((one) => [one, revisions.get(one)]).sort(),
    write: (one: string, text: string) =>
      change(new Map([[one, { content: text, owner: null }]])) ? 200 : 409,
    remove(folder: string) {
      change(new Map(), { gone: entries().filter((one) => isUnder(folder, one)) })
      return 200
    },
    makeFolder(folder: string) {
      const isThere = entries().some((one) => isBelow(folder, one)) || emptyFolders.has(folder)
      return isThere || change(new Map(), { folder }) ? 200 : 409
    },
    move(from: string, to: string) {
      if (isBelow(from, to)) return 422
      const moving = entries().filter((one) => isUnder(from, one))
      if (moving.length === 0) return 404
      if (entries().some((one) => isUnder(to, one))) return 409
      const target = (one: string) => to + one.slice(from.length)
      const put = new Map<string, File>()
      for (const one of moving) {
        const file = files.get(one)
        if (file) put.set(target(one), { content: file.content, owner: null })
      }
      const carried = [...put.keys()].map((one) => [one, revisions.get(from + one.slice(to.length))] as const)
      const [folder, ...others] = moving.filter((one) => emptyFolders.has(one))
      const was = emptyFolders
      if (!change(put, { gone: moving, ...(folder === undefined ? {} : { folder: target(folder) }) }))
        return 409
      for (const other of others) {
        emptyFolders.add(target(other))
        changed.set(target(other), time)
      }
      expect(was).not.toBe(emptyFolders)
      for (const [one, past] of carried) revisions.set(one, [...(past ?? [])])
      return 200
    },
    rollBack(which: number) {
      const deployment = deployments[which]
      if (!deployment) return 404
      const { root } = deployment
      const wanted = new Map([...deployment.files].filter(([one]) => isBelow(root, one)))
      const now = [...files].filter(([one]) => isBelow(root, one))
      if ([...files.keys()].some((one) => isUnder(one, root) && root !== '')) return 409
      const put = new Map([...wanted].filter(([one, { content }]) => files.get(one)?.content !== content))
      const gone = now.map(([one]) => one).filter((one) => !wanted.has(one))
      if (put.size + gone.length === 0) return 200
      gone.push(...[...emptyFolders].filter((one) => isBelow(root, one)))
      return deploy(root, put, { gone })
    },
    commit({ root, mode, keep, repositoryId, files: named }: CommitAction, planned: number) {
      const folder = root.slice(1)
      const owner = `${repositoryId}:${root}`
      if (version(folder) !== planned) return 412
      const wanted = new Map(Object.entries(named).map(([one, text]) => [inFolder(folder, one), text]))
      const kept = keep.map((one) => inFolder(folder, one))
      const put = new Map(
        [...wanted]
          .filter(([one, text]) => files.get(one)?.content !== text)
          .map(([one, content]) => [one, { content, owner }]),
      )
      const gone = [...files]
        .filter(([one]) => isBelow(folder, one) && !wanted.has(one) && !kept.includes(one))
        .filter(([, file]) => mode === 'all' || (mode === 'owned' && file.owner === owner))
        .map(([one]) => one)
      const adopted = [...files]
        .filter(([one, file]) => mode === 'owned' && file.owner === null && wanted.get(one) === file.content)
        .map(([one]): [string, string] => [one, owner])
      // A commit that has nothing to do finds out before whether it could.
      const folders = mode === 'all' ? [] : [...emptyFolders].filter((one) => isBelow(folder, one))
      const stay = [...files.keys()].filter(
        (one) => !gone.includes(one) && (isBelow(folder, one) || isUnder(one, folder)),
      )
      const all = [...stay, ...wanted.keys()]
      if (all.some((one) => folders.includes(one) || isParentOfAny(one, [...all, ...folders]))) return 409
      if (put.size + gone.length + adopted.length === 0) return 200
      if (mode === 'all') gone.push(...[...emptyFolders].filter((one) => isBelow(folder, one)))
      return deploy(folder, put, { gone, adopted })
    },
  }
}

let bot: Bot
beforeAll(async () => {
  await freshEdge()
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { namespace: null })
})

async function run(namespace: string, actions: readonly Action[]): Promise<void> {
  const model = createModel()
  const sendContents = async () => expectJson(sendBlobs(namespace, await uploadOf(...CONTENTS), bot))
  const ids: (string | undefined)[] = []
  const planned = new Map<string, { etag: string; version: number }>()
  const plan = async (root: string) => {
    const { etag } = await planOf(namespace, { root, files: [] }, bot)
    planned.set(root, { etag, version: model.version(root.slice(1)) })
  }
  /** A deployment that went through and was recorded has an id. */
  const note = async (answer: Response) => {
    if (answer.status !== 200) return answer
    const { id } = await answer.clone().json<Deployment>()
    if (id !== undefined) ids.push(id)
    return answer
  }
  const apply = async (one: Action): Promise<{ answer: { status: number }; expected: number }> => {
    switch (one.kind) {
      case 'write': {
        const answer = await writeFile(namespace, one.path, one.content, bot)
        return { answer, expected: model.write(one.path, one.content) }
      }
      case 'remove':
        return { answer: await removeFile(namespace, one.path, bot), expected: model.remove(one.path) }
      case 'move':
        return {
          answer: await moveFile(namespace, one.from, one.to, bot),
          expected: model.move(one.from, one.to),
        }
      case 'make folder': {
        const path = `${filesOf(namespace)}/directory?path=${one.path}`
        const answer = await call(path, { ...bot, method: 'POST' })
        return { answer, expected: model.makeFolder(one.path) }
      }
      case 'roll back':
        return {
          answer: await note(await rollBack(namespace, ids[one.which] ?? 'nothing', bot)),
          expected: model.rollBack(one.which),
        }
      case 'sweep':
        await sweepIn(48 * HOUR)
        await sendContents()
        return { answer: { status: 200 }, expected: 200 }
      case 'commit': {
        if (!one.isStale) await plan(one.root)
        const { etag, version } = planned.get(one.root) ?? { etag: '', version: Number.NaN }
        const { root, mode, keep, repositoryId } = one
        const manifest = await manifestOf(one.files, { root, delete: mode, keep })
        const source = { repositoryId }
        const foreseen = await call(`${filesOf(namespace)}/plan`, { ...bot, json: { ...manifest, source } })
        const answer = await note(await sendCommit(namespace, { plan: manifest, source }, etag, bot))
        const expected = model.commit(one, version)
        if (answer.status !== 412) {
          // What was planned is what was done.
          expect({ one, status: foreseen.status }).toEqual({ one, status: answer.status })
          if (answer.status === 200) {
            const { changes } = await foreseen.json<Plan>()
            const { created, updated, deleted } = await answer.clone().json<Deployment>()
            expect(created + updated + deleted).toBe(changes.length)
          }
        }
        return { answer, expected }
      }
    }
  }
  await sendContents()
  for (const root of ROOTS) await plan(root)
  for (const one of actions) {
    const { answer, expected } = await apply(one)
    expect({ action: one, status: answer.status }).toEqual({ action: one, status: expected })
    expect(ids.length).toBe(model.deployments.length)
  }
  const tree = await treeOf(namespace, bot)
  expect(Object.entries(tree).sort()).toEqual(model.contents())
  expect((await emptyFoldersOf(namespace)).sort()).toEqual(model.emptyFolders())
  expect(await revisionsOf(namespace, tree)).toEqual(model.revisions())
}

async function emptyFoldersOf(namespace: string, folder = ''): Promise<string[]> {
  const children = await expectJson<{ fileName: string; type: string }[]>(
    call(`${filesOf(namespace)}/directory?path=/${folder}`, bot),
  )
  if (children.length === 0) return folder === '' ? [] : [folder]
  const folders = children.filter(({ type }) => type === 'Directory')
  const found = await Promise.all(
    folders.map(({ fileName }) => emptyFoldersOf(namespace, inFolder(folder, fileName))),
  )
  return found.flat()
}

/** All that each file has been, read one by one. */
async function revisionsOf(namespace: string, tree: Tree) {
  const past = Object.keys(tree).map(async (one) => {
    const path = `path=${encodeURIComponent(one)}`
    const numbers = await expectJson<{ revision: number }[]>(
      call(`${filesOf(namespace)}/revisions?${path}`, bot),
    )
    const contents = numbers.map(async ({ revision }) => {
      const { body } = await call(`${filesOf(namespace)}?${path}&revision=${revision}`, bot)
      return new Response(body).text()
    })
    return [one, await Promise.all(contents)] as const
  })
  return (await Promise.all(past)).sort()
}

describe('namespace files', () => {
  it('end as a map would, whatever comes in which order', async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 6, maxLength: 14 }), (actions) =>
        run(`run${count++}`, actions),
      ),
      { seed: 20, numRuns: 40 },
    )
  }, 300_000)
})
