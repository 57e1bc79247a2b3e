/** A job of a workflow for a test of the built Action: a workspace, a server, and the step run in it. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ActionResult, type ActionRun, runAction } from '../../scripts/runner.ts'
import { expectNoSecrets, withoutMasks } from '../support/secrets.ts'
import { API_TOKEN, type StandIn, startServer } from './fixtures.ts'
import { ACCESS_TOKEN, createPostern, type PosternStandIn } from './postern-stand-in.ts'

export interface Job extends AsyncDisposable {
  readonly postern: PosternStandIn
  readonly server: StandIn
  readonly workspace: string
  write(files: Record<string, string>): Promise<void>
  main(
    inputs?: Record<string, string>,
    env?: Record<string, string>,
    onStart?: ActionRun['onStart'],
  ): Promise<ActionResult>
  post(state: Record<string, string>, inputs?: Record<string, string>): Promise<ActionResult>
  /** The last segment of each path that was asked for. */
  asked(): string[]
}

export async function startJob(): Promise<Job> {
  const postern = createPostern()
  const workspace = await mkdtemp(join(tmpdir(), 'postern-job-'))
  const server = await startServer(postern.answer)
  const standard = { server: server.url, namespace: 'company.team', directory: 'scripts' }
  await mkdir(join(workspace, 'scripts'))
  return {
    postern,
    server,
    workspace,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(workspace, name)), { recursive: true })
        await writeFile(join(workspace, name), content)
      }
    },
    main: (inputs = {}, env = {}, onStart = () => {}) =>
      runAction({ step: 'main', inputs: { ...standard, ...inputs }, workspace, env, onStart }),
    post: (state, inputs = {}) =>
      runAction({ step: 'post', inputs: { ...standard, ...inputs }, workspace, state }),
    asked: () => server.received.map(({ path }) => path.replace(/^.*\//, '')),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(workspace, { recursive: true })
    },
  }
}

/** Everything that a step left where people or later steps can read it; commands that mask are for the runner. */
export const writtenBy = ({ stdout, stderr, summary, outputs, temporary }: ActionResult): string =>
  [withoutMasks(stdout), stderr, summary, JSON.stringify(outputs), JSON.stringify(temporary)].join('\n')

export const expectNoSecret = (result: ActionResult, secrets: readonly string[] = []): void =>
  expectNoSecrets(writtenBy(result), [API_TOKEN, API_TOKEN.slice(17), ACCESS_TOKEN, ...secrets])
