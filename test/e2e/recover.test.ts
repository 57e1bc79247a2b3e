/** `npm run recover`, as a process, against the worker on a port. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalEdge, startEdge } from '../../scripts/edge.ts'
import { setUp } from '../../scripts/provision.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TOKEN = 'set-anew-for-this-recovery'

let state: string
let edge: LocalEdge
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'postern-recover-'))
  edge = await startEdge({ state, settings: { SETUP_TOKEN: TOKEN }, onLog: () => {} })
  await setUp(edge.url, { username: 'lost@example.com', password: 'Forgotten!1' })
})
afterAll(async () => {
  await edge?.stop()
  await rm(state, { recursive: true, force: true, maxRetries: 5 })
})

function recover(args: string[], env: Record<string, string>) {
  return new Promise<{ code: number; output: string }>((done) => {
    const child = execFile(
      'npm',
      ['run', '--silent', 'recover', '--', ...args],
      { cwd: ROOT, env: { ...process.env, ...env } },
      (_, stdout, stderr) => done({ code: child.exitCode ?? 1, output: stdout + stderr }),
    )
  })
}

it('makes a superadmin who can sign in, once', async () => {
  const args = ['administrator', edge.url, 'rescue@example.com']
  const first = await recover(args, { SETUP_TOKEN: TOKEN })
  expect(first.output).toContain('Superadmin: rescue@example.com')
  const password = /Password: +(\S+)/.exec(first.output)?.[1]
  const credential = Buffer.from(`rescue@example.com:${password}`).toString('base64')
  const answer = await fetch(`${edge.url}/api/v1/users`, {
    headers: { Authorization: `Basic ${credential}` },
  })
  expect(answer.status).toBe(200)
  expect(first.code).toBe(0)

  const second = await recover(args, { SETUP_TOKEN: TOKEN, ADMIN_PASSWORD: 'Given!Password1' })
  expect(second).toMatchObject({ code: 1, output: expect.stringContaining('403 Forbidden') })
  expect(second.output).not.toContain('Given!Password1')
})

it('says how it is used', async () => {
  expect(await recover(['administrator', edge.url], { SETUP_TOKEN: TOKEN })).toMatchObject({ code: 2 })
  expect((await recover(['administrator', edge.url, 'a@example.com'], { SETUP_TOKEN: '' })).output).toContain(
    'Usage',
  )
})
