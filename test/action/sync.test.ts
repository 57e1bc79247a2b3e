import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../../action/failure.ts'
import type { Postern } from '../../action/remote/postern.ts'
import { scanDirectory } from '../../action/scan.ts'
import { refuseToEmpty, type SyncRequest, sync, toBatches } from '../../action/sync.ts'
import { ROOT } from '../../shared/file-path.ts'
import { diffFolder, type ManifestFile } from '../../shared/folder-diff.ts'
import { MAX_UPLOAD_BYTES, MAX_UPLOAD_CONTENTS } from '../../shared/limits.ts'
import type { Plan } from '../../shared/wire/sync.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-sync-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function scanned(contents: Record<string, string>) {
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content)
  return (await scanDirectory(folder, '.', ROOT)).files
}

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const changed = new Failure('POSTERN-407', { what: '412', fix: '', serverCode: 'folder_changed' })

/** A Postern in memory, which keeps one folder and notes what it is asked. */
function createPostern(
  current: readonly ManifestFile[] = [],
  { conflicts = 0, tamper = (plan: Plan) => plan } = {},
) {
  const calls: string[] = []
  const stored = new Map<string, Uint8Array>()
  let version = 1
  let conflictsLeft = conflicts
  const postern: Postern = {
    async plan(manifest) {
      calls.push('plan')
      const diff = diffFolder(current, manifest.files, manifest.delete === true)
      const missing = [...new Set(manifest.files.map((file) => file.sha256))].filter(
        (hash) => !stored.has(hash),
      )
      return tamper({ etag: `"${version}"`, ...diff, missing })
    },
    async upload(contents) {
      calls.push(`upload ${contents.length}`)
      for (const { sha256, bytes } of contents) stored.set(sha256, bytes)
    },
    async commit(_, etag) {
      calls.push(`commit ${etag}`)
      if (conflictsLeft-- > 0) {
        version++
        throw changed
      }
      return { id: 'deployment-1', etag: '"9"', created: 0, updated: 0, deleted: 0, unchanged: 0 }
    },
  }
  return { postern, calls, stored }
}

const run = (
  postern: Postern,
  request: Pick<SyncRequest, 'files'> & Partial<SyncRequest>,
  log = (_: string) => {},
) => sync(postern, { root: ROOT, isDeleting: false, isDryRun: false, source: {}, ...request }, log)

const failureOf = (outcome: Promise<unknown>) =>
  outcome.then(
    () => expect.fail('did not fail'),
    (error: Failure) => error,
  )

describe('sync', () => {
  it('plans, uploads each missing content once, and commits to what it planned against', async () => {
    const files = await scanned({ a: 'same', b: 'same', c: 'other' })
    const { postern, calls, stored } = createPostern()
    const lines: string[] = []
    const outcome = await run(postern, { files }, (line) => lines.push(line))
    expect(calls).toEqual(['plan', 'upload 2', 'commit "1"'])
    expect([...stored].map(([hash, bytes]) => hash === sha256(bytes))).toEqual([true, true])
    expect(outcome).toMatchObject({ deploymentId: 'deployment-1', sentBytes: 9 })
    expect(lines).toEqual(['Uploaded 2 of 2 contents'])
  })

  it('asks once when there is nothing to change', async () => {
    const files = await scanned({ a: 'x' })
    const { postern, calls } = createPostern(files)
    expect(await run(postern, { files })).toMatchObject({ sentBytes: 0, plan: { unchanged: 1 } })
    expect(calls).toEqual(['plan'])
  })

  it('stops after the plan in a dry run', async () => {
    const files = await scanned({ a: 'x' })
    const { postern, calls } = createPostern()
    expect((await run(postern, { files, isDryRun: true })).deploymentId).toBeUndefined()
    expect(calls).toEqual(['plan'])
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

describe('refuseToEmpty', () => {
  const skipped = { ignored: 3, hidden: 2 }

  it('fails when there is nothing to deploy and everything to delete', () => {
    expect(() => refuseToEmpty({ files: [], skipped }, { directory: 'd', isDeleting: true })).toThrow(
      /^d holds no file .*3 ignored, 2 hidden/,
    )
  })

  it('has nothing against an empty directory otherwise', () => {
    expect(() => refuseToEmpty({ files: [], skipped }, { directory: 'd', isDeleting: false })).not.toThrow()
  })
})

describe('toBatches', () => {
  it('keeps to the limits, and to the order, and leaves nothing out', () => {
    const sizes = fc.array(fc.oneof(fc.nat(2000), fc.nat(2 * MAX_UPLOAD_BYTES)), {
      maxLength: 1500,
      size: 'max',
    })
    fc.assert(
      fc.property(sizes, (sizes) => {
        const contents = sizes.map((size) => ({ size }))
        const batches = toBatches(contents)
        expect(batches.flat()).toEqual(contents)
        for (const batch of batches) {
          const bytes = batch.reduce((sum, { size }) => sum + size, 0)
          expect(batch.length).toBeLessThanOrEqual(MAX_UPLOAD_CONTENTS)
          expect(bytes <= MAX_UPLOAD_BYTES || batch.length === 1).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })
})
