/** A file of the scan on its way to being read: the one that was found, and not what took its place since. */

import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { Failure } from './failure.ts'

/**
 * Opens a file by the path at which the walk found it, which led over no link.
 *
 * @param path the file's name for people
 * @throws {Failure} POSTERN-205 if it is gone, or a link has come into its path
 */
export async function openScanned(file: string, path: string): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => undefined)
  if (handle === undefined) throw changedDuringRun(path)
  if ((await realpath(file).catch(() => undefined)) === file) return handle
  await handle.close()
  throw changedDuringRun(path)
}

export function changedDuringRun(path: string): Failure {
  return new Failure('POSTERN-205', {
    what: `${path} changed while it was being deployed.`,
    why: 'What is deployed must be what was scanned.',
    fix: 'See that no other process of this job writes to the directory during this step, then run again.',
  })
}
