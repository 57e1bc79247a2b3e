/**
 * `npm run demo`: the main job on real input, from an empty edge to files that can be read back. Everything shown is
 * also checked; the exit code is 0 only when all of it held.
 */

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startEdge } from './edge.ts'
import { type Administrator, provisionDeployer, setUp } from './provision.ts'
import { runAction, runCommandLine } from './runner.ts'

const EXAMPLES = resolve(import.meta.dirname, '../examples/scripts')
const NAMESPACE = 'prod'
const FOLDER = '/scripts'
const ADMIN: Administrator = { username: 'admin@example.com', password: 'Demo!1234' }

const temporary = await mkdtemp(join(tmpdir(), 'postern-demo-'))
// Also when it is interrupted; what the action's runner writes goes into the same folder.
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }))
process.env.TMPDIR = temporary

const edge = await startEdge({ state: join(temporary, 'state') })
try {
  await demonstrate()
} finally {
  await edge.stop()
}

async function demonstrate(): Promise<void> {
  heading(`The edge runs on ${edge.url}, with an empty state`)
  await setUp(edge.url, ADMIN)
  const { token } = await provisionDeployer(edge.url, ADMIN, NAMESPACE)
  console.log(
    `Service account deploy-bot may manage the files of ${NAMESPACE}; its token is the repository's secret.`,
  )

  const workspace = join(temporary, 'workspace')
  await cp(EXAMPLES, join(workspace, 'scripts'), { recursive: true })

  heading('A push: the built action brings the folder into the namespace')
  const first = await deploy(workspace, token)
  const created = Number(first.outputs.created)
  assert.ok(created > 30, `${created} files were created`)
  assert.equal(first.outputs.changed, 'true')
  const files = await listing(token)
  assert.equal(files.length, created)
  for (const path of files) {
    const local = await readFile(join(workspace, 'scripts', path.slice(FOLDER.length)))
    assert.deepEqual(await content(token, path), local, `${path} reads back as it was sent`)
  }
  console.log(
    `\nThe listing, read back through the API; each of the ${created} files is equal byte for byte:`,
  )
  for (const path of files) console.log(`  ${path}`)

  heading('The same push again: nothing is sent')
  const second = await deploy(workspace, token)
  assert.deepEqual(JSON.parse(second.outputs.plan ?? ''), [])
  assert.equal(second.outputs.changed, 'false')
  assert.equal(second.outputs.deployment, '')
  assert.equal(second.outputs.unchanged, String(created))

  heading('Two files changed, one removed: exactly that')
  await appendFile(join(workspace, 'scripts/sql/daily_revenue.sql'), '-- reviewed\n')
  await writeFile(join(workspace, 'scripts/etl/__init__.py'), '"""Nightly orders."""\n')
  await rm(join(workspace, 'scripts/notes/a+b.md'))
  const third = await deploy(workspace, token)
  const changes = JSON.parse(third.outputs.plan ?? '') as { kind: string; path: string }[]
  assert.deepEqual(
    changes.map(({ kind, path }) => `${kind} ${path}`),
    ['update etl/__init__.py', 'delete notes/a+b.md', 'update sql/daily_revenue.sql'],
  )
  const left = files.filter((path) => path !== `${FOLDER}/notes/a+b.md`)
  assert.deepEqual(await listing(token), left)
  assert.ok(
    left.includes(`${FOLDER}/notes/a b.md`),
    'a name with a space is another file than one with a plus',
  )

  heading('The same folder from a terminal, in the words of Kestra’s own command line')
  const words = `namespace files update ${NAMESPACE} scripts ${FOLDER} --server=${edge.url} --api-token ${token}`
  const { exitCode, stdout } = await runCommandLine({ args: words.split(' '), cwd: workspace })
  console.log(stdout)
  assert.equal(exitCode, 0)
  assert.match(stdout, /^Nothing to change in prod, folder \/scripts$/m)

  heading('All of it held')
}

/** One job as a runner sees it: the action's main step, then its post step, which gives the access token back. */
async function deploy(workspace: string, token: string) {
  const inputs = {
    server: edge.url,
    namespace: NAMESPACE,
    directory: 'scripts',
    'namespace-path': FOLDER,
    'api-token': token,
    delete: 'true',
  }
  const main = await runAction({ step: 'main', inputs, workspace })
  console.log(main.stdout.replace(/^::add-mask::.*\n/gm, ''))
  assert.equal(main.exitCode, 0, main.stderr)
  console.log(`── job summary, as GitHub shows it ──\n${rendered(main.summary)}`)
  const [accessToken] = Object.values(main.state).filter((value) => value.startsWith('eyJ'))
  assert.ok(accessToken, 'the main step leaves its access token for the post step')
  assert.equal(await statusWith(accessToken), 200)
  const post = await runAction({ step: 'post', inputs, workspace, state: main.state })
  assert.equal(post.exitCode, 0, post.stderr)
  assert.equal(await statusWith(accessToken), 401, 'the access token is revoked when the job ends')
  return main
}

async function statusWith(token: string): Promise<number> {
  return (await get('/search', token)).status
}

async function listing(token: string): Promise<string[]> {
  return (await (await get('/search', token)).json()) as string[]
}

async function content(token: string, path: string): Promise<Buffer> {
  const response = await get(`?path=${encodeURIComponent(path)}`, token)
  return Buffer.from(await response.arrayBuffer())
}

function get(path: string, token: string): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}` }
  return fetch(`${edge.url}/api/v1/main/namespaces/${NAMESPACE}/files${path}`, { headers })
}

/** File names are written as entities in Markdown, so that none can act as markup; a terminal wants them plain. */
function rendered(markdown: string): string {
  return markdown
    .trim()
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/<\/?code>/g, '`')
}

function heading(text: string): void {
  console.log(`\n━━ ${text} ${'━'.repeat(Math.max(0, 90 - text.length))}\n`)
}
