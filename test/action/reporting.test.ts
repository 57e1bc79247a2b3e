/** What the built Action leaves besides its log: the comment of a pull request, the plan file, several targets. */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { GITHUB_TOKEN, type GithubStandIn, startGithub } from '../support/github.ts'
import { decodeEntities } from '../support/secrets.ts'
import { API_TOKEN, apiError, sendJson } from './fixtures.ts'
import { expectNoSecret, type Job, startJob } from './job.ts'
import { ACCESS_TOKEN } from './postern-stand-in.ts'

let job: Job
let github: GithubStandIn
beforeEach(async () => {
  job = await startJob()
  github = await startGithub()
})
afterEach(async () => {
  await job[Symbol.asyncDispose]()
  await github[Symbol.asyncDispose]()
})

const main = (inputs: Record<string, string> = {}, env: Record<string, string> = {}) =>
  job.main({ 'api-token': API_TOKEN, ...inputs }, env)

/** The environment of a run for pull request 5, from a branch of the repository. */
async function onPullRequest(name = 'pull_request'): Promise<Record<string, string>> {
  const event = join(job.workspace, 'event.json')
  const repo = { full_name: 'acme/data' }
  await writeFile(event, JSON.stringify({ pull_request: { number: 5, head: { repo }, base: { repo } } }))
  return { ...github.graphql, GITHUB_EVENT_PATH: event, GITHUB_EVENT_NAME: name }
}
const commenting = { comment: 'true', 'github-token': GITHUB_TOKEN, 'dry-run': 'auto' }

describe('the comment of a pull request', () => {
  it('has the plan, and is rewritten by the next run', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    const env = await onPullRequest()
    const first = await main(commenting, env)
    expect(first.exitCode).toBe(0)
    expect(first.outputs.deployment).toBe('')
    expect(github.comments).toHaveLength(1)
    expect(github.comments[0]?.body).toMatch(
      /^<!-- postern:[0-9a-f]{16} -->\n## Dry run: nothing was written/,
    )
    await job.write({ 'scripts/b.py': 'x' })
    await main(commenting, env)
    expect(github.comments).toHaveLength(1)
    expect(decodeEntities(github.comments[0]?.body ?? '')).toContain('b.py')
    expect(github.received).toHaveLength(4)
    expectNoSecret(first, [GITHUB_TOKEN])
  })

  it('of its own is found among many, and nobody else’s is touched, whatever they copied', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    const env = await onPullRequest()
    await main(commenting, env)
    const mark = github.comments[0]?.body.split('\n')[0]
    const copied = { id: 'x1', author: 'mallory', body: `${mark}\nLooks good!` }
    const quoted = { id: 'x2', author: 'github-actions', body: `> ${mark}` }
    github.comments.push(copied, quoted)
    for (let index = 0; index < 5; index++)
      github.comments.push({ id: `y${index}`, author: 'mona', body: 'hi' })
    await job.write({ 'scripts/b.py': 'x' })
    await main(commenting, env)
    expect(github.comments).toHaveLength(8)
    expect(decodeEntities(github.comments[0]?.body ?? '')).toContain('b.py')
    expect([copied.body, quoted.body]).toEqual([`${mark}\nLooks good!`, `> ${mark}`])
  })

  it('is not made where there is nothing to say, but put right where it is', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    await main()
    const env = await onPullRequest()
    await main(commenting, env)
    expect(github.comments).toEqual([])
    await job.write({ 'scripts/b.py': 'x' })
    await main(commenting, env)
    await main()
    await main(commenting, env)
    expect(github.comments).toHaveLength(1)
    expect(github.comments[0]?.body).toContain('Nothing to change')
  })

  it('mentions nobody, refers to nothing, and is no markup, whatever files are called', async () => {
    await job.write({
      'scripts/@octocat #1 <b> | `x` [y](http:z).py': 'x',
      'scripts/<!-- postern:0 -->': 'x',
      'scripts/https:x.y': 'x',
    })
    await main(commenting, await onPullRequest())
    const [, ...lines] = github.comments[0]?.body.split('\n') ?? []
    const text = lines.join('\n').replace(/<\/?code>/g, '')
    expect(text.replace(/&#\d+;/g, '')).not.toMatch(/[@<>`[\]]|#\d|http:/)
    expect(
      lines.filter((line) => line.startsWith('| created')).every((row) => row.split('|').length === 5),
    ).toBe(true)
  })

  it.each([
    ['refuses', () => github.faults.push(403)],
    ['does not know the pull request', () => github.faults.push(404)],
  ])('that GitHub %s is a warning', async (_, fail) => {
    await job.write({ 'scripts/a.py': 'x' })
    fail()
    const result = await main(commenting, await onPullRequest())
    expect(result.exitCode).toBe(0)
    expect(result.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining('pull-requests: write') },
    ])
    expectNoSecret(result, [GITHUB_TOKEN])
  })

  it('is not looked for on a push', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    const { exitCode } = await main(commenting, github.graphql)
    expect(exitCode).toBe(0)
    expect(github.received).toEqual([])
  })
})

describe('dry-run: auto', () => {
  it('plans on a pull request, and deploys on a push', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    await main({ 'dry-run': 'auto' }, await onPullRequest())
    expect(job.asked()).toEqual(['token', 'plan'])
    await main({ 'dry-run': 'auto' })
    expect(job.asked()).toContain('commit')
  })
})

describe('pull_request_target', () => {
  const BASE = '0123456789abcdef0123456789abcdef01234567'

  it.each([
    ['the head of the pull request', { '.git/HEAD': 'f'.repeat(40) }, false],
    ['nothing that is known', {}, false],
    ['a ref that leads elsewhere', { '.git/HEAD': 'ref: refs/heads/../../x', x: BASE }, false],
    ['the base', { '.git/HEAD': `${BASE}\n` }, true],
    [
      'the base, as a branch',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${BASE}\n` },
      true,
    ],
  ])('with %s in the workspace deploys only the base', async (_, files, isDeployed) => {
    await job.write({ 'scripts/a.py': 'x', ...files })
    const result = await main({}, await onPullRequest('pull_request_target'))
    expect(result.exitCode).toBe(isDeployed ? 0 : 1)
    if (isDeployed) return
    expect(result.annotations.at(-1)?.message).toContain('POSTERN-105')
    expect(job.server.received).toEqual([])
  })
})

describe('several targets', () => {
  const mappings = 'scripts => company.team:/scripts\nsql => company.sql'
  const several = { namespace: '', directory: '', mappings }

  it('are planned before the first is written, and each has its own section', async () => {
    await job.write({ 'scripts/a.py': 'x', 'sql/b.sql': 'y' })
    const result = await main(several)
    expect(result.exitCode).toBe(0)
    expect(job.asked()).toEqual(['token', 'plan', 'plan', 'blobs', 'commit', 'blobs', 'commit'])
    expect(result.outputs).toMatchObject({ created: '2', deployment: 'deployment-1 deployment-2' })
    expect(JSON.parse(result.outputs.plan ?? '')).toEqual([
      { namespace: 'company.team', root: '/scripts', kind: 'create', path: 'a.py', size: 1 },
      { namespace: 'company.sql', root: '/', kind: 'create', path: 'b.sql', size: 1 },
    ])
    expect(result.summary.match(/^## Deployed to/gm)).toHaveLength(2)
    expect(result.stdout).toMatch(/ · 4 requests · [\s\S]* · 3 requests · /)
  })

  it('are all left as they are when a guard trips on one', async () => {
    await job.write({ 'scripts/a.py': 'x', 'sql/b.sql': 'y' })
    await main(several)
    job.server.received.length = 0
    await job.write({ 'scripts/a.py': 'z', 'scripts/new.py': 'n', 'sql/b.sql': 'z' })
    const result = await main({ ...several, protect: '*.sql' })
    expect(result.annotations.map(({ file }) => file)).toEqual(['sql/b.sql', undefined])
    expect(result.annotations.at(-1)?.message).toContain('POSTERN-305')
    expect(job.asked()).toEqual(['token', 'plan', 'plan'])
  })

  it('that were written before one failed are told', async () => {
    await job.write({ 'scripts/a.py': 'x', 'sql/b.sql': 'y' })
    job.postern.intercept = ({ path }, response) => {
      if (!path.endsWith('company.sql/files/commit')) return false
      sendJson(response, 403, apiError('permission_missing', 'This takes NAMESPACE_FILE:CREATE.'))
      return true
    }
    const result = await main(several)
    expect(result.exitCode).toBe(1)
    expect(result.annotations.at(-1)?.message).toMatch(
      /POSTERN-121.*Written before that: company.team, folder \/scripts, deployment deployment-1\./,
    )
  })
})

describe('what later steps get', () => {
  it('is what action.yml declares', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    const { outputs } = await main()
    const declared = Object.keys(parse(await readFile('action.yml', 'utf8')).outputs)
    expect(Object.keys(outputs)).toEqual(declared)
  })

  it('is the whole plan in a file, however long it is, and no secret in it', async () => {
    await job.write({ 'scripts/a.py': 'x', [`scripts/${ACCESS_TOKEN}`]: 'x' })
    const result = await main()
    const file = result.outputs['plan-file'] ?? ''
    const [[name, content] = ['', '']] = Object.entries(result.temporary)
    expect(file.endsWith(name)).toBe(true)
    expect(JSON.parse(content)).toMatchObject([
      { namespace: 'company.team', root: '/', changes: [{ path: 'a.py' }, { path: '***' }], unchanged: 0 },
    ])
    expectNoSecret(result)
  })
})

describe('fail-on: changes', () => {
  it('writes nothing, shows the plan, and fails if there is one', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    const result = await main({ 'fail-on': 'changes' })
    expect(result.exitCode).toBe(1)
    expect(result.annotations.at(-1)?.message).toMatch(/POSTERN-306.*in 1 file\./)
    expect(result.outputs).toMatchObject({ changed: 'true', created: '1', deployment: '' })
    expect(job.asked()).toEqual(['token', 'plan'])
  })

  it('has nothing against a namespace that is as the repository', async () => {
    await job.write({ 'scripts/a.py': 'x' })
    await main()
    expect((await main({ 'fail-on': 'changes' })).exitCode).toBe(0)
  })
})
