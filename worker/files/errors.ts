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
  | { readonly code: 'file_too_large'; readonly name: string }
  | { readonly code: 'upload_malformed'; readonly reason: string }
  /** A content is not what its name says. Nothing of the upload was stored. */
  | { readonly code: 'hash_mismatch'; readonly expected: string; readonly actual: string }
  | { readonly code: 'content_missing'; readonly hashes: readonly string[] }
  /** Somebody changed the folder since it was planned. */
  | { readonly code: 'folder_changed' }
  | { readonly code: 'idempotency_key_reused' }
