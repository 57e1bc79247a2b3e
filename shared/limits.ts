/**
 * How much one request may carry. The worker enforces these and the Action keeps to them.
 * A worker has 128 MB of memory, and reading a multipart body holds it about twice.
 */

const MIB = 1024 * 1024

/** One namespace file. Above `MAX_UPLOAD_BYTES` its content goes alone and is streamed, which no memory limits. */
export const MAX_FILE_BYTES = 64 * MIB
/** One namespace file that comes as a form. */
export const MAX_FORM_FILE_BYTES = 16 * MIB
/** Files in one folder that is planned and committed as a whole. */
export const MAX_FOLDER_FILES = 10_000
/** Folders that these files lie in, all levels counted: each is looked up, so that no file stands in its place. */
export const MAX_FOLDERS = 20_000
/** Contents in one upload, and their bytes together unless it is a single one. */
export const MAX_UPLOAD_CONTENTS = 5_000
export const MAX_UPLOAD_BYTES = 8 * MIB

/** A zip archive that is unpacked: its entries, and their bytes together when they are inflated. */
export const MAX_ARCHIVE_ENTRIES = 5_000
export const MAX_ARCHIVE_BYTES = 24 * MIB
/** How many bytes one of an archive may become; no text comes near it. Above a MiB of them, that is. */
export const MAX_INFLATION = 200
export const MIN_SUSPICIOUS_BYTES = 1 * MIB

/** An export: a zip archive has 16 bits for the number of its files and 32 for its bytes. */
export const MAX_EXPORT_FILES = 65_534
export const MAX_EXPORT_BYTES = 3.5 * 1024 * MIB
/** A worker may call services such as R2 a thousand times for one request; each object is read with one call. */
export const MAX_EXPORT_READS = 900

/** Request bodies. A manifest has room for as many files as allowed with paths of a thousand bytes. */
export const MAX_JSON_BYTES = 1 * MIB
export const MAX_MANIFEST_BYTES = 12 * MIB
export const MAX_MULTIPART_BYTES = MAX_FORM_FILE_BYTES + 2 * MIB
/** A backup, which is streamed. Cloudflare takes no larger bodies on most plans than 100 MB. */
export const MAX_BACKUP_BYTES = 512 * MIB
/** One row of it. D1 keeps none above 2 MB; escaped in JSON it may be longer. */
export const MAX_BACKUP_LINE_BYTES = 8 * MIB
