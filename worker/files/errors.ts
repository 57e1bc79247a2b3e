/** Why a file, a folder or a deployment cannot be had. */

import type { FilePath } from '../../shared/file-path.ts'

export type FileError =
  | { readonly code: 'path_refused'; readonly reason: string }
  | { readonly code: 'file_not_found'; readonly path: FilePath; readonly namespace: string }
  | { readonly code: 'directory_not_found'; readonly path: FilePath }
  /** A file stands where a folder is needed, or the other way round. */
  | { readonly code: 'path_taken'; readonly path: FilePath }
  | {
      readonly code: 'revision_not_found'
      readonly path: FilePath
      readonly namespace: string
      readonly revision: number
    }
  | { readonly code: 'upload_too_large'; readonly maxBytes: number }
  | { readonly code: 'file_too_large'; readonly name: string; readonly maxBytes: number }
  | { readonly code: 'upload_malformed'; readonly reason: string }
  /** A content is not what its name says. Nothing of the upload was stored. */
  | { readonly code: 'hash_mismatch'; readonly expected: string; readonly actual?: string }
  /** A zip archive that is none, or not one to be unpacked. Nothing of it was stored. */
  | { readonly code: 'archive_refused'; readonly reason: string }
  | { readonly code: 'archive_too_large'; readonly reason: string }
  | { readonly code: 'export_too_large'; readonly reason: string }
  | { readonly code: 'content_missing'; readonly hashes: readonly string[] }
  /** Somebody changed the folder since it was planned. */
  | { readonly code: 'folder_changed' }
  | { readonly code: 'idempotency_key_reused' }
  /** A later run of the same workflow has deployed to the folder. */
  | {
      readonly code: 'stale_run'
      readonly root: string
      readonly runNumber: number
      readonly newer: { readonly runNumber: number; readonly runUrl?: string | undefined }
    }
  /** What is to be deleted is owned by a source that did not say who it is. */
  | { readonly code: 'source_missing' }
  | { readonly code: 'deployment_not_found'; readonly id: string }
  /** What it changed is older than what is kept of the past. */
  | { readonly code: 'deployment_expired'; readonly id: string; readonly keptDays: number }
  /** What goes along with a rollback takes a right of its own. */
  | { readonly code: 'deletion_refused' }
