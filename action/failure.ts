/** The one error that is thrown on purpose: what happened, why, and what to do. */

/** Each code is stable, and has a section in docs/errors.md under this title. */
export const FAILURES = {
  'POSTERN-100': 'An input is wrong',
  'POSTERN-101': 'More than one credential',
  'POSTERN-102': 'No credential',
  'POSTERN-103': 'GitHub gave the job no identity token',
  'POSTERN-104': 'GitHub minted no identity token',
  'POSTERN-105': 'The code of a pull request would be deployed',
  'POSTERN-111': 'No trust policy takes this run',
  'POSTERN-112': 'The API token is not accepted',
  'POSTERN-113': 'The API token has expired',
  'POSTERN-114': 'User and password are not accepted',
  'POSTERN-115': 'The identity token is not accepted',
  'POSTERN-121': 'A permission is missing',
  'POSTERN-201': 'The directory does not exist',
  'POSTERN-202': 'An empty directory would delete everything',
  'POSTERN-203': 'A symbolic link, or a path outside the workspace',
  'POSTERN-204': 'Files cannot be deployed',
  'POSTERN-205': 'A file changed during the run',
  'POSTERN-301': 'The folder keeps changing',
  'POSTERN-302': 'A newer run has deployed already',
  'POSTERN-303': 'Too many files would be deleted',
  'POSTERN-304': 'Files exist already',
  'POSTERN-305': 'Protected files would be overwritten',
  'POSTERN-306': 'The namespace differs',
  'POSTERN-401': 'The server is not a Postern',
  'POSTERN-402': 'The server cannot do what is asked for',
  'POSTERN-403': 'The TLS connection failed',
  'POSTERN-404': 'The proxy refuses the connection',
  'POSTERN-405': 'The server cannot be reached',
  'POSTERN-406': 'The server limits the rate of requests',
  'POSTERN-407': 'The server refused the request',
  'POSTERN-501': 'A part of the files was written',
  'POSTERN-901': 'The run was cancelled',
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
  /** Lines to copy, shown as they are. */
  readonly block?: string
  /** The HTTP status of the answer, and its `code`, for who wants to react to them. */
  readonly status?: number
  readonly serverCode?: string
  /** The claim of the identity token that kept it from being accepted, where the server says so. */
  readonly failingClaim?: string
}

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly files: readonly FileProblem[]
  readonly block: string | undefined
  readonly status: number | undefined
  readonly serverCode: string | undefined
  readonly failingClaim: string | undefined

  constructor(code: FailureCode, { what, why, fix, files = [], block, ...answer }: FailureDetails) {
    super([what, why, fix].filter(Boolean).join(' '))
    this.code = code
    this.files = files
    this.block = block
    this.status = answer.status
    this.serverCode = answer.serverCode
    this.failingClaim = answer.failingClaim
  }

  /** The same failure, saying how often it was tried. */
  after(tries: number): this {
    if (tries > 1) this.message += ` (Tried ${tries} times.)`
    return this
  }
}
