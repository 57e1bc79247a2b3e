import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../../action/failure.ts'
import { createBulkRemote } from '../../action/remote/bulk.ts'
import type { Postern } from '../../action/remote/postern.ts'
import { scanDirectory } from '../../action/scan.ts'
import { contentOf } from '../../action/scanned-file.ts'
import { carryOut, prepare, type SyncRequest } from '../../action/sync.ts'
import { ROOT } from '../../shared/file-path.ts'
import { diffFolder, type ManifestFile } from '../../shared/folder-diff.ts'
import { MAX_UPLOAD_BYTES } from '../../shared/limits.ts'
import type { CommitInput, Plan, PlanInput } from '../../shared/wire/sync.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-sync-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function scanned(contents: Record<string, string | Buffer>) {
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content)
  return (await scanDirectory(folder, '.', ROOT)).files
}

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const changed = new Failure('POSTERN-407', { what: '412', fix: '', serverCode: 'folder_changed' })
const stale = new Failure('POSTERN-302', { what: '409', fix: '', serverCode: 'stale_run' })

/** A Postern in memory, which keeps one folder and notes what it is asked. */
function createPostern(
  current: readonly ManifestFile[] = [],
  { conflicts = 0, isStale = false, tamper = (plan: Plan) => plan } = {},
) {
  const calls: string[] = []
  const plans: PlanInput[] = []
  const commits: CommitInput[] = []
  const stored = new Map<string, Uint8Array>()
  let version = 1
  let conflictsLeft = conflicts
  const postern: Postern = {
    async plan(manifest) {
      calls.push('plan')
      plans.push(manifest)
      const diff = diffFolder(current, manifest.files, manifest.delete === 'all')
      const missing = [...new Set(manifest.files.map((file) => file.sha256))].filter(
        (hash) => !stored.has(hash),
      )
      return tamper({ etag: `"${version}"`, ...diff, missing })
    },
    async upload(files) {
      calls.push(`upload ${files.length}`)
      for (const file of files) stored.set(file.sha256, await buffer(contentOf(file).open()))
    },
    async uploadLarge(file) {
      calls.push(`upload large ${file.size}`)
      stored.set(file.sha256, await buffer(contentOf(file).open()))
    },
    async commit(commit, etag) {
      calls.push(`commit ${etag}`)
      commits.push(commit)
      if (isStale && !commit.allowStale) throw stale
      if (conflictsLeft-- > 0) {
        version++
        throw changed
      }
      return { id: 'deployment-1', etag: '"9"', created: 0, updated: 0, deleted: 0, unchanged: 0 }
    },
  }
  return { postern, calls, plans, commits, stored }
}

const RULES = { maxDelete: { count: 50, unit: 'percent' }, protect: '', isOverriding: true } as const

async function run(
  postern: Postern,
  request: Pick<SyncRequest, 'files'> & Partial<SyncRequest>,
  progress = (_done: number, _total: number) => {},
) {
  const remote = createBulkRemote(postern)
  const whole: SyncRequest = {
    directory: 'd',
    root: ROOT,
    delete: 'none',
    rules: RULES,
    onConflict: 'retry',
    staleRun: 'fail',
    source: {},
    ...request,
  }
  const doing = { progress, uninterrupted: <T>(work: () => Promise<T>) => work() }
  return carryOut(remote, whole, await prepare(remote, whole), doing, () => {})
}

const failureOf = (outcome: Promise<unknown>) =>
  outcome.then(
    () => expect.fail('did not fail'),
    (error: Failure) => error,
  )

describe('carryOut', () => {
  it('plans, uploads each missing content once, and commits to what it planned against', async () => {
    const files = await scanned({ a: 'same', b: 'same', c: 'other' })
    const { postern, calls, stored } = createPostern()
    const progress: number[][] = []
    const outcome = await run(postern, { files }, (...counts) => progress.push(counts))
    expect(calls).toEqual(['plan', 'upload 2', 'commit "1"'])
    expect([...stored].map(([hash, bytes]) => hash === sha256(bytes))).toEqual([true, true])
    expect(outcome).toMatchObject({ deploymentId: 'deployment-1', sentBytes: 9 })
    expect(progress).toEqual([[2, 2]])
  })

  it('asks once when there is nothing to change', async () => {
    const files = await scanned({ a: 'x' })
    const { postern, calls } = createPostern(files)
    expect(await run(postern, { files })).toMatchObject({ sentBytes: 0, plan: { unchanged: 1 } })
    expect(calls).toEqual(['plan'])
  })

  it('says where the files come from when it plans and when it commits', async () => {
    const { postern, plans, commits } = createPostern()
    const source = { repositoryId: '7' }
    await run(postern, { files: await scanned({ a: 'x' }), source, delete: 'owned' })
    expect(plans).toMatchObject([{ source, delete: 'owned' }])
    expect(commits).toMatchObject([{ source, plan: { delete: 'owned' } }])
  })

  it('commits where nothing changes but files are taken over', async () => {
    const files = await scanned({ a: 'x' })
    const tamper = (plan: Plan) => ({ ...plan, adopted: 1 })
    const { postern, calls } = createPostern(files, { tamper })
    await run(postern, { files, delete: 'owned' })
    expect(calls.at(-1)).toBe('commit "1"')
  })

  it('sends a large content alone and in pieces', async () => {
    const content = Buffer.alloc(MAX_UPLOAD_BYTES + 1, 'x')
    const { postern, calls, stored } = createPostern()
    await run(postern, { files: await scanned({ a: 'a', b: content, c: 'c' }) })
    expect(calls.slice(1, -1).sort()).toEqual(['upload 2', `upload large ${content.length}`])
    expect([...stored].map(([hash, bytes]) => hash === sha256(bytes))).toEqual([true, true, true])
  })

  it('does not send the end of a large content that is another one now', async () => {
    const files = await scanned({ a: Buffer.alloc(MAX_UPLOAD_BYTES + 1, 'x') })
    await writeFile(join(folder, 'a'), Buffer.alloc(MAX_UPLOAD_BYTES + 1, 'y'))
    const { postern, stored } = createPostern()
    expect((await failureOf(run(postern, { files }))).code).toBe('POSTERN-205')
    expect(stored.size).toBe(0)
  })

  it('keeps protected files, in one request where nothing else changes', async () => {
    const files = await scanned({ a: 'x' })
    const old = [...files, { path: 'data/b', sha256: sha256('b'), size: 1 }]
    const rules = { ...RULES, protect: 'data/' }
    const still = createPostern(old)
    expect(await run(still.postern, { files, delete: 'all', rules })).toMatchObject({ kept: 1, sentBytes: 0 })
    expect(still.calls).toEqual(['plan'])

    const moving = createPostern([...old, { path: 'c', sha256: sha256('c'), size: 1 }])
    expect(await run(moving.postern, { files, delete: 'all', rules })).toMatchObject({
      kept: 1,
      plan: { changes: [{ kind: 'delete', path: 'c' }] },
    })
    expect(moving.commits).toMatchObject([{ plan: { keep: ['data/b'] } }])
  })

  it.each([
    ['fail', 'POSTERN-302'],
    ['skip', undefined],
    ['allow', undefined],
  ] as const)(
    'when a newer run was there before and stale-run is %s, ends with %s',
    async (staleRun, code) => {
      const { postern, commits } = createPostern([], { isStale: true })
      const outcome = run(postern, { files: await scanned({ a: 'x' }), staleRun })
      if (code) expect((await failureOf(outcome)).code).toBe(code)
      else expect((await outcome).isStale).toBe(staleRun === 'skip')
      expect(commits.map(({ allowStale = false }) => allowStale)).toEqual([staleRun === 'allow'])
    },
  )

  it('does not plan again when a conflict is to end it', async () => {
    const { postern, calls } = createPostern([], { conflicts: 1 })
    const failing = run(postern, { files: await scanned({ a: 'x' }), onConflict: 'fail' })
    expect((await failureOf(failing)).code).toBe('POSTERN-301')
    expect(calls).toEqual(['plan', 'upload 1', 'commit "1"'])
  })

  it('guards the second plan like the first', async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ path: `old${i}`, sha256: sha256('x'), size: 1 }))
    let plans = 0
    const tamper = (plan: Plan) => {
      const isFirst = plans++ === 0
      return isFirst ? { ...plan, changes: plan.changes.filter(({ kind }) => kind !== 'delete') } : plan
    }
    const { postern, calls } = createPostern(many, { conflicts: 1, tamper })
    const failing = run(postern, { files: await scanned({ a: 'x' }), delete: 'all' })
    expect((await failureOf(failing)).code).toBe('POSTERN-303')
    expect(calls.filter((call) => call.startsWith('commit'))).toHaveLength(1)
  })

  it('plans again when the folder was changed, without sending contents twice', async () => {
    const files = await scanned({ a: 'x' })
    const { postern, calls } = createPostern([], { conflicts: 2 })
    await run(postern, { files })
    expect(calls).toEqual(['plan', 'upload 1', 'commit "1"', 'plan', 'commit "2"', 'plan', 'commit "3"'])
  })

  it('gives up when the folder keeps changing', async () => {
    const { postern } = createPostern([], { conflicts: 3 })
    expect((await failureOf(run(postern, { files: await scanned({ a: 'x' }) }))).code).toBe('POSTERN-301')
  })

  it.each(['other', '', undefined])('does not send a file that is now %j', async (content) => {
    const files = await scanned({ a: 'x' })
    await (content === undefined ? rm(join(folder, 'a')) : writeFile(join(folder, 'a'), content))
    const { postern, stored } = createPostern()
    expect((await failureOf(run(postern, { files }))).code).toBe('POSTERN-205')
    expect(stored.size).toBe(0)
  })
})

describe('a plan that was not asked for', () => {
  const tampered: [string, (plan: Plan) => Plan][] = [
    ['wants a content that was not offered', (plan) => ({ ...plan, missing: [sha256('/etc/passwd')] })],
    ['deletes', (plan) => ({ ...plan, changes: [{ kind: 'delete', path: 'b', previousSize: 1 }] })],
    [
      'deletes a file of the manifest',
      (plan) => ({ ...plan, changes: [{ kind: 'delete', path: 'a', previousSize: 1 }] }),
    ],
    ['creates a file of nobody', (plan) => ({ ...plan, changes: [{ kind: 'create', path: 'b', size: 1 }] })],
    [
      'leaves the folder',
      (plan) => ({ ...plan, changes: [{ kind: 'delete', path: '../b', previousSize: 1 }] }),
    ],
    [
      'names the folder itself',
      (plan) => ({ ...plan, changes: [{ kind: 'delete', path: '', previousSize: 1 }] }),
    ],
  ]
  it.each(tampered)('is refused when it %s', async (_, tamper) => {
    const { postern, calls } = createPostern([], { tamper })
    const failure = await failureOf(run(postern, { files: await scanned({ a: 'x' }) }))
    expect(failure.code).toBe('POSTERN-401')
    expect(calls).toEqual(['plan'])
  })
})
