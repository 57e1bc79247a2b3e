/**
 * Whatever call of D1 or R2 fails, and however: readers see the files as they were or as they are to be, never a mix,
 * and the next try succeeds.
 */

import { zipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { HOUR } from '../support/clock.ts'
import { type Bot, call, createBot, expectJson, freshEdge } from '../support/edge.ts'
import { type Fault, failAt } from '../support/faults.ts'
import { filesOf, formOf, moveFile, removeFile, writeFile } from '../support/files.ts'
import { sweepIn } from '../support/sweep.ts'
import {
  deploy,
  deploymentsOf,
  manifestOf,
  planOf,
  rollBack,
  sendBlobs,
  sendCommit,
  sha256,
  type Tree,
  treeOf,
  uploadOf,
} from '../support/sync.ts'

let bot: Bot
let count = 0
const newNamespace = () => `n${count++}`
beforeAll(async () => {
  await freshEdge()
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { namespace: null })
})

interface Operation {
  /** Statuses of the tries that may follow one whose answer was lost, beside 200. */
  readonly again?: number
  /** Sends it once. @returns statuses of the requests it took */
  readonly run: (namespace: string) => Promise<number[]>
  readonly after: Tree
}

const BEFORE: Tree = { a: '1', 'b/c': '2', 'b/d': '3', e: '1' }
const encode = (text: string) => new TextEncoder().encode(text)
const statusOf = async (answer: Promise<Response>) => [(await answer).status]

/** As the Action does it; a request that fails ends it. */
async function runDeploy(namespace: string, tree: Tree): Promise<number[]> {
  try {
    await deploy(namespace, tree, bot, { delete: true })
    return [200]
  } catch (error) {
    const status = /^(\d+) instead/.exec(String((error as Error).message))?.[1]
    if (status === undefined) throw error
    return [Number(status)]
  }
}

const operations: Record<string, Operation> = {
  'a write': {
    run: (namespace) => statusOf(writeFile(namespace, 'b/c', 'new', bot)),
    after: { ...BEFORE, 'b/c': 'new' },
  },
  'a removal': {
    run: (namespace) => statusOf(removeFile(namespace, 'b', bot)),
    after: { a: '1', e: '1' },
  },
  'a move': {
    again: 404,
    run: (namespace) => statusOf(moveFile(namespace, 'b', 'f/g', bot)),
    after: { a: '1', 'f/g/c': '2', 'f/g/d': '3', e: '1' },
  },
  'an archive': {
    run: (namespace) => {
      const archive = zipSync({ a: encode('new'), f: { g: encode('4') } })
      return statusOf(
        call(`${filesOf(namespace)}?path=x`, { ...bot, body: formOf(archive, 'fileContent', 'x.zip') }),
      )
    },
    after: { ...BEFORE, a: 'new', 'f/g': '4' },
  },
  'a deployment': {
    run: (namespace) => runDeploy(namespace, { a: 'new', 'b/c': '2', f: '4' }),
    after: { a: 'new', 'b/c': '2', f: '4' },
  },
  'a rollback': {
    run: async (namespace) => {
      const { results } = await expectJson<{ results: { id: string }[] }>(
        call(`${deploymentsOf(namespace)}?size=100`, bot),
      ).catch(() => ({ results: [] }))
      const first = results.at(-1)
      return first ? statusOf(rollBack(namespace, first.id, bot)) : [503]
    },
    after: { first: 'state' },
  },
  'a sweep': {
    run: async () => {
      await sweepIn(48 * HOUR).catch(() => undefined)
      return [200]
    },
    after: BEFORE,
  },
}

describe.each(Object.entries(operations))('%s', (_, { run, after, again }) => {
  it.each<Fault>(['not carried out', 'carried out, and the answer lost'])(
    'is whole or not at all when a call of storage is %s',
    async (fault) => {
      let hits = 0
      for (let n = 1; ; n++) {
        const namespace = newNamespace()
        await deploy(namespace, { first: 'state' }, bot)
        await deploy(namespace, BEFORE, bot, { delete: true })
        await sendBlobs(namespace, await uploadOf('unused'), bot)
        let statuses: number[] = []
        const isHit = await failAt(n, fault, async () => {
          statuses = await run(namespace)
        })
        const seen = await treeOf(namespace, bot)
        expect([BEFORE, after]).toContainEqual(seen)
        // Who is told that it went through can rely on it.
        if (statuses.every((status) => status === 200)) expect(seen).toEqual(after)
        for (const status of statuses) expect([200, 503]).toContain(status)
        for (const status of await run(namespace)) expect([200, again ?? 200]).toContain(status)
        expect(await treeOf(namespace, bot)).toEqual(after)
        if (!isHit) break
        hits++
      }
      expect(hits).toBeGreaterThanOrEqual(2)
    },
  )
})

describe('a commit whose answer is lost', () => {
  it('gives it again under the same key, whichever call failed', async () => {
    for (let n = 1; ; n++) {
      const namespace = newNamespace()
      const plan = await manifestOf({ a: 'x', b: 'y' })
      await sendBlobs(namespace, await uploadOf('x', 'y'), bot)
      const { etag } = await planOf(namespace, plan, bot)
      const send = () => sendCommit(namespace, { plan }, etag, bot, 'a-good-key')
      const isHit = await failAt(n, 'carried out, and the answer lost', send)
      const answer = await expectJson<{ id: string; created: number }>(send())
      expect(answer).toMatchObject({ id: expect.any(String), created: 2 })
      expect(await expectJson(send())).toEqual(answer)
      const { total } = await expectJson<{ total: number }>(call(deploymentsOf(namespace), bot))
      expect(total).toBe(1)
      if (!isHit) break
    }
  })
})

describe('a streamed content', () => {
  it.each<Fault>(['not carried out', 'carried out, and the answer lost'])(
    'is there or missing when a call of storage is %s, and can be sent again',
    async (fault) => {
      for (let n = 1; ; n++) {
        const namespace = newNamespace()
        const hash = await sha256('streamed')
        const send = () =>
          call(`${filesOf(namespace)}/blobs/${hash}`, {
            ...bot,
            method: 'PUT',
            body: 'streamed',
            headers: { 'Content-Length': '8' },
          })
        const isHit = await failAt(n, fault, send)
        await expectJson(send())
        await deploy(namespace, { a: 'streamed' }, bot)
        expect(await treeOf(namespace, bot)).toEqual({ a: 'streamed' })
        if (!isHit) break
      }
    },
  )
})
