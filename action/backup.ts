/** `postern export` and `postern import`: all of an instance into a file, and a file into an instance that is not set up. */

import { createReadStream, ftruncateSync, writeSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import * as v from 'valibot'
import { BackupImported } from '../shared/wire/backup.ts'
import { openClients } from './clients.ts'
import type { Journal } from './deploy.ts'
import { Failure } from './failure.ts'
import { json } from './http.ts'
import { decideCredential } from './inputs/credential.ts'
import { FIELDS, standardOf } from './inputs/fields.ts'
import { type InputProblem, toFailure } from './inputs/problem.ts'
import type { Runner } from './runner.ts'
import { secretsAmongInputs } from './secrets.ts'

const PATH = '/api/v1/backup'
const NDJSON = 'application/x-ndjson'

/** The whole of a backup's last line fits in. */
const TAIL_BYTES = 1_000
/** While it was made somebody changed something; the next one may be luckier. */
const MAX_TRIES = 5

/** The file is there only when it is whole, and its owner's alone. */
export async function exportTo(
  file: string,
  runner: Runner,
  journal: Journal,
  signal: AbortSignal,
): Promise<void> {
  for (const secret of secretsAmongInputs(runner.input)) runner.mask(secret)
  const connection = readConnection(runner)
  const Authorization = readAuthorization(runner)
  journal.phase = 'exporting'
  const { server: http } = await openClients(runner, connection, signal, 0)
  const partial = `${file}.${process.pid}.partial`
  const handle = await open(partial, 'wx', 0o600).catch((error) => Promise.reject(unusable(file, error)))
  try {
    let tail: Buffer = Buffer.alloc(0)
    let bytes = 0
    const receive = () => {
      ftruncateSync(handle.fd, 0)
      tail = Buffer.alloc(0)
      bytes = 0
      return (piece: Uint8Array) => {
        for (let done = 0; done < piece.length; ) {
          done += writeSync(handle.fd, piece, done, piece.length - done, bytes + done)
        }
        bytes += piece.length
        tail = Buffer.concat([tail, piece]).subarray(-TAIL_BYTES)
      }
    }
    for (let tries = 1; ; tries++) {
      const url = `${connection.server}${PATH}`
      await http.send('GET', url, { headers: { Authorization, Accept: NDJSON }, receive }, () => undefined)
      const last = tail.toString().trimEnd().split('\n').at(-1) ?? ''
      if (last.includes('"seal"')) break
      if (tries === MAX_TRIES) throw unquiet(tries)
      runner.info('Something was changed meanwhile: once more.')
    }
    await handle.sync()
    await rename(partial, file)
    runner.info(`Exported to ${file}: ${bytes.toLocaleString('en')} bytes.`)
  } finally {
    await handle.close()
    await rm(partial, { force: true })
  }
}

/** @throws {Failure} POSTERN-407 with the reason, where the server does not take it */
export async function importFrom(
  file: string,
  setupToken: string,
  runner: Runner,
  journal: Journal,
  signal: AbortSignal,
): Promise<void> {
  runner.mask(setupToken)
  const connection = readConnection(runner)
  const { size: length } = await stat(file).catch((error) => Promise.reject(unusable(file, error)))
  journal.phase = 'importing'
  journal.written.push('If the import has begun, the server stays closed until it is done: import again.')
  // To go on where one broke off is to begin again, which is for people to decide.
  const { server: http } = await openClients(runner, { ...connection, retries: 0 }, signal, 0)
  const body = { type: 'application/octet-stream', length, open: () => createReadStream(file) }
  const request = { headers: { 'Postern-Setup-Token': setupToken }, body }
  const { rows } = await http.send('POST', `${connection.server}${PATH}`, request, json(BackupImported))
  runner.info(`Imported ${rows.toLocaleString('en')} rows.`)
  runner.info(
    'The server lets nobody in until it is confirmed what is to end: POST /api/v1/recovery/restore, see docs/operations.md.',
  )
}

const CONNECTION = v.pick(FIELDS, ['server', 'headers', 'timeout', 'retries', 'ca-certificate'])

function readConnection(runner: Runner) {
  const given = Object.keys(CONNECTION.entries).map((name) => [name, runner.input(name) || standardOf(name)])
  const fields = v.safeParse(CONNECTION, Object.fromEntries(given))
  if (!fields.success) throw toFailure(fields.issues.map(toProblem))
  const { timeout, 'ca-certificate': caCertificate, ...rest } = fields.output
  // One request does it all, so it may take all of the time.
  return { ...rest, caCertificate, timeoutMs: timeout * 1000, requestMs: timeout * 1000 }
}

const toProblem = (issue: v.BaseIssue<unknown>): InputProblem => ({
  name: v.getDotPath(issue) ?? '',
  message: issue.message,
})

/** The API token itself, or a password: what was exchanged for it would not be taken. */
function readAuthorization({ input }: Runner): string {
  const credential = decideCredential(
    {
      auth: 'auto',
      apiToken: input('api-token'),
      user: input('user'),
      password: '',
      serviceAccount: '',
      audience: '',
    },
    false,
  )
  if ('message' in credential) throw toFailure([credential])
  return credential.kind === 'basic'
    ? `Basic ${Buffer.from(`${credential.user}:${credential.password}`).toString('base64')}`
    : `Bearer ${credential.kind === 'token' ? credential.token : ''}`
}

const unusable = (file: string, error: unknown): Failure =>
  new Failure('POSTERN-100', {
    what: `The file ${file} cannot be used (${(error as NodeJS.ErrnoException).code}).`,
    fix: 'Correct that, then run again.',
  })

const unquiet = (tries: number): Failure =>
  new Failure('POSTERN-407', {
    what: `Something was changed during each of ${tries} exports, so that none of them fits together.`,
    fix: 'Run again when there is less to do.',
  })
