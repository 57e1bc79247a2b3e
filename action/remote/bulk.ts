/** A Postern: missing contents are uploaded several at once, then one commit makes all of them visible. */

import { MAX_UPLOAD_BYTES, MAX_UPLOAD_CONTENTS } from '../../shared/limits.ts'
import { mapParallel } from '../parallel.ts'
import type { ScannedFile } from '../scanned-file.ts'
import type { Postern } from './postern.ts'
import type { Remote, Work } from './remote.ts'

const PARALLEL_UPLOADS = 4

export function createBulkRemote(postern: Postern): Remote {
  return {
    kind: 'postern',
    plan: postern.plan,
    async apply(work) {
      const sentBytes = await uploadMissing(postern, work)
      const { manifest, plan, source, allowStale, uninterrupted } = work
      const commit = { plan: manifest, source, ...(allowStale && { allowStale }) }
      const { id } = await uninterrupted(() => postern.commit(commit, plan.etag))
      return { deploymentId: id, sentBytes }
    },
  }
}

async function uploadMissing(postern: Postern, { plan, files, progress }: Work): Promise<number> {
  const bySha256 = new Map(files.map((file) => [file.sha256, file]))
  const contents = [...new Set(plan.missing)].flatMap((sha256) => bySha256.get(sha256) ?? [])
  // Between the others, a large one would end the upload that they share.
  const batches = toBatches([...contents.filter(isLarge), ...contents.filter((file) => !isLarge(file))])
  let stored = 0
  const sizes = await mapParallel(batches, PARALLEL_UPLOADS, async (batch) => {
    await send(postern, batch)
    stored += batch.length
    progress(stored, contents.length)
    return totalSize(batch)
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

const isLarge = ({ size }: ScannedFile): boolean => size > MAX_UPLOAD_BYTES

function send(postern: Postern, batch: readonly ScannedFile[]): Promise<void> {
  const [first] = batch
  return first !== undefined && isLarge(first) ? postern.uploadLarge(first) : postern.upload(batch)
}

/** As few uploads as the limits allow without reordering. A content above the limit for bytes goes alone. */
export function toBatches<T extends { readonly size: number }>(contents: readonly T[]): T[][] {
  const batches: T[][] = []
  let bytes = 0
  for (const content of contents) {
    const batch = batches.at(-1)
    if (batch && batch.length < MAX_UPLOAD_CONTENTS && bytes + content.size <= MAX_UPLOAD_BYTES) {
      batch.push(content)
      bytes += content.size
    } else {
      batches.push([content])
      bytes = content.size
    }
  }
  return batches
}

const totalSize = (batch: readonly ScannedFile[]): number => batch.reduce((sum, { size }) => sum + size, 0)
