/**
 * The documents as somebody follows them: each one's commands are run in its order, against an edge of its own. What
 * cannot be run so is run elsewhere, and elsewhere.ts says where.
 */

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startTestEdge, type TestEdge } from '../support/edge.ts'
import { ELSEWHERE, type Elsewhere } from './elsewhere.ts'
import { DOCUMENTS, ROOT, read, readCommands, readInlineCode, splitCommands } from './read.ts'
import { findUnknownWords } from './wrangler-help.ts'

const WRANGLER = /\bnpx wrangler\b/

const isRunBy = ({ command: named }: Elsewhere, command: string) =>
  typeof named === 'string' ? named === command : named.test(command)
const isRunHere = (command: string) =>
  !WRANGLER.test(command) && !ELSEWHERE.some((one) => isRunBy(one, command))

const commands = DOCUMENTS.map((document) => ({ document, all: readCommands(read(document)) }))

/** What a reader would put in the place of what the documents leave open. */
function fillIn(text: string, { url, admin }: TestEdge): string {
  const newest = (path: string, as: string) => `$(curl -sS -u "$ADMIN" "$API/${path}" | jq -r '${as}')`
  const replacements: readonly (readonly [string, string])[] = [
    ['http://127.0.0.1:8787', url],
    ['https://postern.example.com', url],
    ['admin@localhost:the-printed-password', `${admin.username}:${admin.password}`],
    ['you@example.com:password', `${admin.username}:${admin.password}`],
    ['/path/to/postern', ROOT],
    ['yourtoken', '$TOKEN'],
    ['<token id>', `$(post "service-accounts/$ACCOUNT/api-tokens" '{"name":"another"}' | jq -r .id)`],
    ['<deployment id>', newest('namespaces/prod/deployments?size=1', '.results[0].id')],
  ]
  return replacements.reduce((filled, [from, to]) => filled.replaceAll(from, to), text)
}

/** Errors of the server are errors of the command, aliases count, and GitHub's command line answers what GitHub would. */
const PREPARED = `
shopt -s expand_aliases
curl() { command curl --fail-with-body "$@"; }
gh() { echo '{"repository_id":"789012","repository_owner_id":"123456"}'; }
`

async function follow(script: string): Promise<void> {
  const edge = await startTestEdge()
  const workspace = await mkdtemp(join(tmpdir(), 'postern-reader-'))
  try {
    const { accountId, token } = await edge.provision('prod', 'reader')
    await cp(join(ROOT, 'examples/scripts'), join(workspace, 'scripts'), { recursive: true })
    await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', PREPARED + fillIn(script, edge)], {
      cwd: workspace,
      env: {
        PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
        HOME: workspace,
        API: `${edge.url}/api/v1/main`,
        ADMIN: `${edge.admin.username}:${edge.admin.password}`,
        ACCOUNT: accountId,
        TOKEN: token,
      },
    })
  } finally {
    await rm(workspace, { recursive: true, force: true })
    await edge.stop()
  }
}

describe('commands in the documents', () => {
  const here = commands
    .map(({ document, all }) => ({ document, run: all.filter(isRunHere) }))
    .filter(({ run }) => run.length > 0)

  it.each(here)('work as they stand: $document', async ({ run }) => {
    // A list with && that breaks off in the middle would not end the shell by itself.
    await follow(run.map((command) => `{ ${command}\n} || exit 1`).join('\n'))
  })

  it.each(ELSEWHERE)('are run elsewhere if not here: $command', ({ command, runBy, as }) => {
    expect(commands.some(({ all }) => all.some((one) => isRunBy({ command, runBy }, one)))).toBe(true)
    expect(readFileSync(join(ROOT, runBy), 'utf8')).toContain(as ?? command)
  })

  const inline = DOCUMENTS.flatMap((document) => readInlineCode(read(document)))
  const wranglers = [...commands.flatMap(({ all }) => all), ...inline].flatMap(
    (text) => /npx (wrangler [^|;)]+)/.exec(text.replaceAll('\\\n', ''))?.[1]?.trim() ?? [],
  )

  it.each([...new Set(wranglers)])('of wrangler are such that wrangler has: %s', async (command) => {
    expect(await findUnknownWords(command.split(/\s+/).slice(1))).toEqual([])
  })

  it('of npm are scripts of the package', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = inline.flatMap((code) => /^npm run ([\w:]+)/.exec(code)?.[1] ?? [])
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })
})

describe('splitCommands', () => {
  it('takes as one what goes on over several lines, and leaves comments out', () => {
    const block = `# first
a "b # c" |
  d   # why
e \\
  -f '{
  }'
g && # no comment, so near
h
`
    expect(splitCommands(block)).toEqual([
      'a "b # c" |\n  d',
      "e \\\n  -f '{\n  }'",
      'g && # no comment, so near',
      'h',
    ])
  })
})
