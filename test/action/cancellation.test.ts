/** The built Action when the job is cancelled: GitHub's runner sends SIGINT first, and SIGTERM later. */

import type { ChildProcess } from 'node:child_process'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KESTRA_TOKEN, startKestra } from '../support/kestra.ts'
import { API_TOKEN, sendJson } from './fixtures.ts'
import { type Job, startJob } from './job.ts'

let job: Job
beforeEach(async () => {
  job = await startJob()
  await job.write({ 'scripts/a.py': 'x' })
})
afterEach(() => job[Symbol.asyncDispose]())

/** Runs the step, and sends it a signal when it asks for the endpoint. */
async function cancelAt(
  endpoint: string,
  signal: NodeJS.Signals,
  answer: (response: ServerResponse) => boolean = () => true,
) {
  let step: ChildProcess | undefined
  job.postern.intercept = ({ path }, response) => {
    if (!path.endsWith(`/${endpoint}`)) return false
    step?.kill(signal)
    return answer(response)
  }
  return job.main({ 'api-token': API_TOKEN }, {}, (child) => {
    step = child
  })
}

describe.each(['SIGINT', 'SIGTERM'] as const)('a run that gets %s', (signal) => {
  it.each([
    ['token', 'signing in'],
    ['plan', 'planning'],
    ['blobs', 'writing to company.team, folder /'],
  ])('while it waits for %s ends at once, and says that nothing was written', async (endpoint, phase) => {
    const result = await cancelAt(endpoint, signal)
    expect(result.exitCode).toBe(130)
    expect(result.annotations).toHaveLength(1)
    expect(result.annotations[0]?.message).toBe(
      `POSTERN-901: The run was cancelled while it was ${phase}. Nothing was written. ` +
        'Run again: what is there already is not sent twice.',
    )
    expect(result.summary).toContain('POSTERN-901')
    expect(job.asked().at(-1)).toBe(endpoint)
  })
})

describe('a run that is cancelled', () => {
  it('while it commits takes an answer that comes soon, and says what was deployed', async () => {
    const result = await cancelAt('commit', 'SIGINT', (response) => {
      const counts = { created: 1, updated: 0, deleted: 0, unchanged: 0 }
      setTimeout(() => sendJson(response, 200, { id: 'd-7', etag: '"2"', ...counts }), 500)
      return true
    })
    expect(result.exitCode).toBe(0)
    expect(result.outputs.deployment).toBe('d-7')
  })

  it('while it commits, and gets no answer, says that this is open', async () => {
    const result = await cancelAt('commit', 'SIGINT')
    expect(result.exitCode).toBe(130)
    expect(result.annotations.at(-1)?.message).toMatch(/while it was committing.*it may have been made/)
  })

  it('leaves its access token to be given back', async () => {
    const result = await cancelAt('plan', 'SIGINT')
    await job.post(result.state)
    expect(job.postern.revoked).toHaveLength(1)
  })

  it('between two files of a stock Kestra says which are there', async () => {
    await using kestra = await startKestra()
    await job.write({ 'scripts/b.py': 'x', 'scripts/c.py': 'x' })
    kestra.files.set('/old', Buffer.from('x'))
    let step: ChildProcess | undefined
    kestra.fault = ({ method }) => {
      if (method === 'DELETE') step?.kill('SIGINT')
      return method === 'DELETE' ? 503 : undefined
    }
    const inputs = { server: kestra.url, namespace: 'prod', 'api-token': KESTRA_TOKEN, delete: 'all' }
    const result = await job.main(inputs, {}, (child) => {
      step = child
    })
    expect(result.exitCode).toBe(130)
    expect(result.annotations.at(-1)?.message).toMatch(/POSTERN-901.*3 of 4 changes were made/)
    expect(result.stdout).toMatch(/^open: delete old$/m)
  })
})
