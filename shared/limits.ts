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

/** Request bodies. A manifest has room for as many files as allowed with paths of a thousand bytes. */
export const MAX_JSON_BYTES = 1 * MIB
export const MAX_MANIFEST_BYTES = 12 * MIB
export const MAX_MULTIPART_BYTES = MAX_FORM_FILE_BYTES + 2 * MIB
