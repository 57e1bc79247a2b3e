/** The inputs of the step, read once and all together. Pure: nothing is looked up, nothing is printed. */

import * as v from 'valibot'
import type { DeleteMode } from '../../shared/wire/sync.ts'
import { readGiven } from './aliases.ts'
import { type Credential, decideCredential } from './credential.ts'
import { FIELDS, type MaxDelete, standardOf } from './fields.ts'
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

/** What the inputs depend on besides themselves. */
export interface Circumstances {
  /** Whether GitHub offers the job an identity token. */
  readonly hasIdentity: boolean
  readonly isPullRequest: boolean
}

/**
 * @param read gives an input by its name in the workflow, trimmed, empty when it is not set
 * @throws {Failure} the code of the credential when nothing but that is wrong, else POSTERN-100 with everything that
 * is. No message repeats a value: it may hold a secret.
 */
export function readInputs(read: (name: string) => string, circumstances: Circumstances): Inputs {
  const { values, notices, problems } = readGiven(Object.keys(FIELDS.entries), read)
  const given = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value || standardOf(name)]),
  )
  const fields = v.safeParse(FIELDS, given, { abortPipeEarly: true })
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
