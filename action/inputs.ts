/** The inputs of the step, read once and all together. Pure: nothing is looked up, nothing is printed. */

import * as v from 'valibot'
import { type FilePath, parseFilePath } from '../shared/file-path.ts'
import { NamespaceId, TenantId } from '../shared/names.ts'
import { err, ok, type Result } from '../shared/result.ts'
import { parseToken } from '../shared/token-format.ts'
import { Failure } from './failure.ts'

export interface Inputs {
  /** Base URL without a trailing slash. */
  readonly server: string
  readonly tenant: string
  readonly namespace: string
  /** As written: relative to the workspace, or absolute. */
  readonly directory: string
  /** The folder in the namespace. */
  readonly root: FilePath
  readonly apiToken: string
  readonly isDeleting: boolean
  readonly isDryRun: boolean
}

/** Also here, and not in action.yml alone: an expression that comes to nothing hands over an empty input. */
const DEFAULTS: Record<string, string> = {
  tenant: 'main',
  directory: '.',
  'namespace-path': '/',
  delete: 'false',
  'dry-run': 'false',
}

const Required = v.pipe(v.string(), v.nonEmpty('is required'))

const Switch = v.pipe(
  v.string(),
  v.regex(/^(true|false)$/i, 'must be true or false'),
  v.transform((text) => text.toLowerCase() === 'true'),
)

const Inputs = v.object({
  server: v.pipe(Required, readBy(parseServer)),
  tenant: TenantId,
  namespace: v.pipe(Required, NamespaceId),
  directory: v.string(),
  'namespace-path': v.pipe(v.string(), readBy(parseRoot)),
  'api-token': v.pipe(
    Required,
    v.check(
      (text) => parseToken(text)?.kind === 'API',
      'is not a whole API token of Postern, which starts with pst_ and has 66 characters',
    ),
  ),
  delete: Switch,
  'dry-run': Switch,
})

/**
 * @param read gives an input by its name in the workflow, trimmed, empty when it is not set
 * @throws {Failure} POSTERN-102 when nothing but the API token is missing, POSTERN-112 when nothing but it is
 * malformed, else POSTERN-100 with everything that is wrong. No message repeats a value: it may hold a secret.
 */
export function readInputs(read: (name: string) => string): Inputs {
  const given = Object.fromEntries(
    Object.keys(Inputs.entries).map((name) => [name, read(name) || (DEFAULTS[name] ?? '')]),
  )
  const parsed = v.safeParse(Inputs, given, { abortPipeEarly: true })
  if (!parsed.success) throw toFailure(parsed.issues, given['api-token'] === '')
  const inputs = parsed.output
  return Object.freeze({
    server: inputs.server,
    tenant: inputs.tenant,
    namespace: inputs.namespace,
    directory: inputs.directory,
    root: inputs['namespace-path'],
    apiToken: inputs['api-token'],
    isDeleting: inputs.delete,
    isDryRun: inputs['dry-run'],
  })
}

function toFailure(issues: readonly v.BaseIssue<unknown>[], isTokenMissing: boolean): Failure {
  const problems = issues.map((issue) => `Input ${v.getDotPath(issue)} ${issue.message}`)
  const isTokenAlone = issues.every((issue) => v.getDotPath(issue) === 'api-token')
  if (isTokenAlone && isTokenMissing) {
    return new Failure('POSTERN-102', {
      what: 'There is no credential: input api-token is empty.',
      why: 'GitHub hands no secrets to runs for forks, and to those of Dependabot only its own.',
      fix: 'Create an API token in Postern, keep it in a secret, and set api-token to that secret.',
    })
  }
  return new Failure(isTokenAlone ? 'POSTERN-112' : 'POSTERN-100', {
    what: `${problems.join('. ')}.`,
    fix: isTokenAlone ? 'Copy the whole token into the secret again.' : 'Correct the `with:` of this step.',
  })
}

function parseServer(text: string): Result<string, string> {
  if (!URL.canParse(text)) return err('must be a URL such as https://postern.example.com')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return err('must not hold a user name or a password')
  if (/[?#]/.test(text)) return err('must have neither a query nor a fragment')
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
    return err('must start with https:// (http:// is for 127.0.0.1, localhost and [::1] alone)')
  }
  return ok(url.origin + url.pathname.replace(/\/+$/, ''))
}

/** The shared rule says what is wrong in a sentence of its own. */
function parseRoot(text: string): Result<FilePath, string> {
  const path = parseFilePath(text)
  return path.ok ? path : err(`is refused: ${path.error.replace(/\.$/, '')}`)
}

function readBy<T>(parse: (text: string) => Result<T, string>) {
  return v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
    const parsed = parse(dataset.value)
    if (parsed.ok) return parsed.value
    addIssue({ message: parsed.error })
    return NEVER
  })
}
