/** The inputs of the step, read once and all together. Pure: nothing is looked up, nothing is printed. */

import * as v from 'valibot'
import { TenantId } from '../../shared/names.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import { readGiven } from './aliases.ts'
import { AUTH_METHODS, type Credential, decideCredential } from './credential.ts'
import { parseHeaders } from './headers.ts'
import { toFailure } from './problem.ts'
import { readTargets, type Target } from './targets.ts'

export interface Inputs {
  /** Base URL without a trailing slash. */
  readonly server: string
  readonly tenant: string
  readonly targets: readonly Target[]
  readonly credential: Credential
  /** Sent to the server with every request. */
  readonly headers: Readonly<Record<string, string>>
  readonly delete: DeleteMode
  readonly maxDelete: MaxDelete
  /** Patterns as in .gitignore, against paths in the namespace folder. */
  readonly protect: string
  readonly isEmptyAllowed: boolean
  readonly isOverriding: boolean
  readonly isWriting: boolean
  readonly isFailingOnChanges: boolean
  readonly onConflict: 'retry' | 'fail'
  readonly staleRun: 'fail' | 'skip' | 'allow'
  readonly timeoutMs: number
  readonly retries: number
  /** PEM, or the path of a file that holds it. */
  readonly caCertificate: string
  readonly isCommenting: boolean
  readonly githubToken: string
  /** For the log: what was read under another name, or is out of the ordinary. */
  readonly notices: readonly string[]
}

export type DeleteMode = 'none' | 'owned' | 'all'
export interface MaxDelete {
  readonly count: number
  readonly unit: 'files' | 'percent'
}

/** What the inputs depend on besides themselves. */
export interface Circumstances {
  /** Whether GitHub offers the job an identity token. */
  readonly hasIdentity: boolean
  readonly isPullRequest: boolean
}

/** Also here, and not in action.yml alone: an expression that comes to nothing hands over an empty input. */
const DEFAULTS: Record<string, string> = {
  tenant: 'main',
  auth: 'auto',
  delete: 'false',
  'max-delete': '50%',
  'allow-empty': 'false',
  override: 'true',
  'dry-run': 'false',
  'fail-on': 'error',
  'on-conflict': 'retry',
  'stale-run': 'fail',
  timeout: '300',
  retries: '3',
  comment: 'false',
}

const DELETE_MODES: Record<string, DeleteMode> = { false: 'none', owned: 'owned', all: 'all', true: 'all' }
const MAX_TIMEOUT_SECONDS = 3600
const MAX_RETRIES = 10

const Text = v.string()

const oneOf = <const T extends string>(options: readonly T[]) =>
  v.pipe(
    v.string(),
    v.toLowerCase(),
    v.picklist(options, `must be ${options.slice(0, -1).join(', ')} or ${options.at(-1)}`),
  )

const Switch = v.pipe(
  oneOf(['true', 'false']),
  v.transform((text) => text === 'true'),
)

const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,6}$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
  )
}

const Fields = v.object({
  server: v.pipe(v.string(), v.nonEmpty('is required'), readBy(parseServer)),
  tenant: TenantId,
  namespace: Text,
  directory: Text,
  'namespace-path': Text,
  mappings: Text,
  auth: oneOf(AUTH_METHODS),
  'api-token': Text,
  user: Text,
  password: Text,
  'service-account': Text,
  audience: Text,
  headers: v.pipe(v.string(), readBy(parseHeaders)),
  delete: v.pipe(
    oneOf(['false', 'owned', 'all', 'true']),
    v.transform((text) => DELETE_MODES[text] ?? 'none'),
  ),
  'max-delete': v.pipe(
    v.string(),
    v.regex(/^(\d{1,6}|(\d\d?|100)%)$/, 'must be a number of files such as 20, or a share such as 50%'),
    v.transform(readMaxDelete),
  ),
  protect: Text,
  'allow-empty': Switch,
  override: Switch,
  'dry-run': oneOf(['false', 'true', 'auto']),
  'fail-on': oneOf(['error', 'changes']),
  'on-conflict': oneOf(['retry', 'fail']),
  'stale-run': oneOf(['fail', 'skip', 'allow']),
  timeout: wholeNumber(1, MAX_TIMEOUT_SECONDS),
  retries: wholeNumber(0, MAX_RETRIES),
  'ca-certificate': Text,
  comment: Switch,
  'github-token': Text,
})

/**
 * @param read gives an input by its name in the workflow, trimmed, empty when it is not set
 * @throws {Failure} the code of the credential when nothing but that is wrong, else POSTERN-100 with everything that
 * is. No message repeats a value: it may hold a secret.
 */
export function readInputs(read: (name: string) => string, circumstances: Circumstances): Inputs {
  const { values, notices, problems } = readGiven(Object.keys(Fields.entries), read)
  const given = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value || (DEFAULTS[name] ?? '')]),
  )
  const fields = v.safeParse(Fields, given, { abortPipeEarly: true })
  const targets = readTargets({
    directory: given.directory ?? '',
    namespace: given.namespace ?? '',
    namespacePath: given['namespace-path'] ?? '',
    mappings: given.mappings ?? '',
  })
  const credential = decideCredential(
    {
      auth: fields.success ? fields.output.auth : 'auto',
      apiToken: given['api-token'] ?? '',
      user: given.user ?? '',
      password: given.password ?? '',
      serviceAccount: given['service-account'] ?? '',
      audience: given.audience || (fields.success ? new URL(fields.output.server).origin : ''),
    },
    circumstances.hasIdentity,
  )
  const isRefused = 'message' in credential
  if (!fields.success || !targets.ok || isRefused || problems.length > 0) {
    throw toFailure([
      ...(fields.issues ?? []).map((issue) => ({ name: v.getDotPath(issue) ?? '', message: issue.message })),
      ...(targets.ok ? [] : targets.error),
      ...(isRefused ? [credential] : []),
      ...problems,
    ])
  }
  const inputs = fields.output
  const isStrange = credential.kind === 'oidc' && credential.audience !== new URL(inputs.server).origin
  return Object.freeze({
    server: inputs.server,
    tenant: inputs.tenant,
    targets: targets.value,
    credential,
    headers: inputs.headers,
    delete: inputs.delete,
    maxDelete: inputs['max-delete'],
    protect: inputs.protect,
    isEmptyAllowed: inputs['allow-empty'],
    isOverriding: inputs.override,
    isWriting:
      inputs['fail-on'] !== 'changes' &&
      (inputs['dry-run'] === 'false' || (inputs['dry-run'] === 'auto' && !circumstances.isPullRequest)),
    isFailingOnChanges: inputs['fail-on'] === 'changes',
    onConflict: inputs['on-conflict'],
    staleRun: inputs['stale-run'],
    timeoutMs: inputs.timeout * 1000,
    retries: inputs.retries,
    caCertificate: inputs['ca-certificate'],
    isCommenting: inputs.comment,
    githubToken: inputs['github-token'],
    notices: isStrange
      ? [...notices, `The identity token is minted for ${credential.audience}, which is not the server.`]
      : notices,
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

function readMaxDelete(text: string): MaxDelete {
  return { count: Number.parseInt(text, 10), unit: text.endsWith('%') ? 'percent' : 'files' }
}

function readBy<T>(parse: (text: string) => Result<T, string>) {
  return v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
    const parsed = parse(dataset.value)
    if (parsed.ok) return parsed.value
    addIssue({ message: parsed.error })
    return NEVER
  })
}
