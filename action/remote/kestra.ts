/**
 * A stock Kestra, which has no bulk protocol: its own API, file by file. What is equal already is not written again,
 * since each write makes a revision; but nothing here is all or nothing, and nothing guards against an older run.
 */

import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { type FilePath, joinPath, parentsOf, pathIn, ROOT } from '../../shared/file-path.ts'
import { diffFolder, type FileChange, type ManifestFile } from '../../shared/folder-diff.ts'
import { MAX_FOLDER_FILES, MAX_FOLDERS } from '../../shared/limits.ts'
import { FileAttributes } from '../../shared/wire/files.ts'
import type { PlanInput } from '../../shared/wire/sync.ts'
import { Failure } from '../failure.ts'
import { type Http, json } from '../http.ts'
import { multipart } from '../multipart.ts'
import { mapParallel } from '../parallel.ts'
import { notFromPostern } from '../refusal.ts'
import { contentOf, type ScannedFile } from '../scanned-file.ts'
import { filesUrl, type Place, type Remote } from './remote.ts'

const PARALLEL_REQUESTS = 4

const Listing = v.array(v.pick(FileAttributes, ['fileName', 'type', 'size']))
const isEmpty = () => undefined

/** @param authorization the value of the header */
export function connectKestra(http: Http, place: Place, authorization: string): Remote {
  const files = filesUrl(place)
  const headers = { Authorization: authorization }
  // Not URLSearchParams: servers differ in what a plus means.
  const at = (path: FilePath) => `path=${encodeURIComponent(path)}`

  /** The direct children; none where there is no such folder. */
  async function list(folder: FilePath): Promise<v.InferOutput<typeof Listing>> {
    const url = `${files}/directory?${at(folder)}`
    try {
      return await http.send('GET', url, { headers }, json(Listing))
    } catch (error) {
      if (error instanceof Failure && error.status === 404) return []
      throw error
    }
  }

  /** Files in the folder, by their paths below it. Folders that hold nothing of interest are not entered. */
  async function walk(root: FilePath, isOfInterest: (folder: FilePath) => boolean) {
    const found = new Map<string, number>()
    let folders: { at: FilePath; prefix: string }[] = [{ at: root, prefix: '' }]
    for (let entered = 0; folders.length > 0; ) {
      entered += folders.length
      const listings = await mapParallel(folders, PARALLEL_REQUESTS, async ({ at, prefix }) =>
        (await list(at)).map((entry) => ({ ...entry, path: prefix + entry.fileName })),
      )
      folders = []
      for (const { path, type, size } of listings.flat()) {
        const joined = joinPath(root, path)
        if (!joined.ok) throw notFromPostern(files, 'names a path that no file can have')
        if (type === 'File') found.set(path, size)
        else if (isOfInterest(joined.value)) folders.push({ at: joined.value, prefix: `${path}/` })
      }
      if (found.size > 2 * MAX_FOLDER_FILES || entered > MAX_FOLDERS) throw tooLarge(root)
    }
    return found
  }

  /** Of the content, which may be too large to be held in memory. */
  async function hash(path: FilePath): Promise<string> {
    let hash = createHash('sha256')
    const receive = () => {
      hash = createHash('sha256')
      return (piece: Uint8Array) => void hash.update(piece)
    }
    const request = { headers: { ...headers, Accept: 'application/octet-stream' }, receive }
    await http.send('GET', `${files}?${at(path)}`, request, isEmpty)
    return hash.digest('hex')
  }

  async function write(path: FilePath, file: ScannedFile): Promise<void> {
    // Of a part named *.zip, Kestra unpacks the content and stores that.
    const body = multipart([{ name: 'fileContent', fileName: 'blob', ...contentOf(file) }])
    await http.send('POST', `${files}?${at(path)}`, { headers, body }, isEmpty)
  }

  async function remove(path: FilePath): Promise<void> {
    if (path === ROOT) throw new Error('The root of a namespace is never deleted.')
    await http.send('DELETE', `${files}?${at(path)}`, { headers }, isEmpty)
  }

  return {
    kind: 'kestra',

    /** Contents are read only where a size does not tell already that they differ. */
    async plan(manifest) {
      refuseOwned(manifest)
      const isDeleting = manifest.delete === 'all'
      const root = (manifest.root ?? ROOT) as FilePath
      const wanted = new Map(manifest.files.map((file) => [file.path, file]))
      const folders = new Set(manifest.files.flatMap(({ path }) => parentsOf(pathIn(root, path))))
      const found = await walk(root, (folder) => isDeleting || folders.has(folder))
      const current = await mapParallel([...found], PARALLEL_REQUESTS, async ([path, size]) => {
        const sha256 = wanted.get(path)?.size === size ? await hash(pathIn(root, path)) : ''
        return { path, size, sha256 } satisfies ManifestFile
      })
      // There is no ETag, and nothing that could be missing but what changes.
      return { etag: '""', missing: [], ...diffFolder(current, manifest.files, isDeleting) }
    },

    async apply({ manifest, plan, files: scanned, progress }) {
      const { root } = manifest
      const byPath = new Map(scanned.map((file) => [file.path, file]))
      const writes = plan.changes.filter(({ kind }) => kind !== 'delete')
      const removals = plan.changes.filter(({ kind }) => kind === 'delete')
      const done = new Set<FileChange>()
      const total = plan.changes.length
      let sentBytes = 0
      const finish = (change: FileChange) => {
        done.add(change)
        // Ten lines of a log are enough, however many files there are.
        if (done.size === total || done.size % Math.ceil(total / 10) === 0) progress(done.size, total)
      }
      try {
        await mapParallel(writes, PARALLEL_REQUESTS, async (change) => {
          const file = byPath.get(change.path)
          if (file === undefined) throw notFromPostern(files, 'plans a file that was not offered')
          await write(pathIn(root, change.path), file)
          sentBytes += file.size
          finish(change)
        })
        // One after the other: with its last file the server removes a folder.
        for (const change of removals) {
          await remove(pathIn(root, change.path))
          finish(change)
        }
      } catch (error) {
        throw done.size === 0 && !isOpen(error) ? error : partial(plan.changes, done, error)
      }
      return { sentBytes }
    },
  }
}

function refuseOwned({ delete: mode }: PlanInput): void {
  if (mode !== 'owned') return
  throw new Failure('POSTERN-402', {
    what: 'The files are in a stock Kestra, which does not remember who put a file there.',
    why: 'delete is owned.',
    fix: 'Set delete to all or false, or let Postern keep the files.',
  })
}

const tooLarge = (root: FilePath): Failure =>
  new Failure('POSTERN-402', {
    what: `The folder ${root} holds more files than can be compared one by one.`,
    why: 'The server is a stock Kestra, which has no list of contents.',
    fix: 'Deploy to a folder of its own, with namespace-path.',
  })

/** Without an answer, nobody knows whether a file was written. */
const isOpen = (error: unknown): boolean => !(error instanceof Failure) || error.code === 'POSTERN-405'

function partial(changes: readonly FileChange[], done: ReadonlySet<FileChange>, error: unknown): Failure {
  const cause =
    error instanceof Failure ? `${error.code}: ${error.message}` : 'Something unexpected happened.'
  const lines = changes.map(
    (change) => `${done.has(change) ? 'done' : 'open'}: ${change.kind} ${change.path}`,
  )
  return new Failure('POSTERN-501', {
    what: `${done.size} of ${changes.length} changes were made, then one failed.`,
    why: `A stock Kestra takes files one by one. ${cause}`,
    fix: 'Run again: what is done already is not done twice.',
    block: lines.join('\n'),
  })
}
