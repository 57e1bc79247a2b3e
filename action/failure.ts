/** The one error that is thrown on purpose: what happened, why, and what to do. */

/** Each code is stable, and has a section in docs/errors.md under this title. */
export const FAILURES = {
  'POSTERN-100': 'An input is wrong',
  'POSTERN-102': 'No credential',
  'POSTERN-112': 'The API token is not accepted',
  'POSTERN-113': 'The API token has expired',
  'POSTERN-121': 'A permission is missing',
  'POSTERN-201': 'The directory does not exist',
  'POSTERN-202': 'An empty directory would delete everything',
  'POSTERN-203': 'A symbolic link, or a path outside the workspace',
  'POSTERN-204': 'Files cannot be deployed',
  'POSTERN-205': 'A file changed during the run',
  'POSTERN-301': 'The folder keeps changing',
  'POSTERN-401': 'The server is not a Postern',
  'POSTERN-403': 'The TLS connection failed',
  'POSTERN-405': 'The server cannot be reached',
  'POSTERN-406': 'The server limits the rate of requests',
  'POSTERN-407': 'The server refused the request',
  'POSTERN-999': 'A defect in the Action',
} as const
export type FailureCode = keyof typeof FAILURES

/** What is wrong with one file; `file` is relative to the root of the repository. */
export interface FileProblem {
  readonly file: string
  readonly problem: string
}

export interface FailureDetails {
  readonly what: string
  readonly why?: string
  readonly fix: string
  readonly files?: readonly FileProblem[]
  /** The `code` of the server's answer, for who wants to react to it. */
  readonly serverCode?: string
}

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly files: readonly FileProblem[]
  readonly serverCode: string | undefined

  constructor(code: FailureCode, { what, why, fix, files = [], serverCode }: FailureDetails) {
    super([what, why, fix].filter(Boolean).join(' '))
    this.code = code
    this.files = files
    this.serverCode = serverCode
  }

  /** The same failure, saying how often it was tried. */
  after(tries: number): this {
    if (tries > 1) this.message += ` (Tried ${tries} times.)`
    return this
  }
}
