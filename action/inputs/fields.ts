/** What each input may be, and what it is when it is not set. No message repeats a value. */

import * as v from 'valibot'
import { TenantId } from '../../shared/names.ts'
import { err, ok, type Result } from '../../shared/result.ts'
import type { DeleteMode } from '../../shared/wire/sync.ts'
import { AUTH_METHODS } from './credential.ts'
import { parseHeaders } from './headers.ts'

export interface MaxDelete {
  readonly count: number
  readonly unit: 'files' | 'percent'
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

export const standardOf = (name: string): string => DEFAULTS[name] ?? ''

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

/** By their names in the workflow; those that belong together are judged by who knows that. */
export const FIELDS = v.object({
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
