/** Changes that meet: whatever wins, what is left is sound. */

import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { HOUR } from '../support/clock.ts'
import { type Bot, call, createBot, expectJson, freshEdge } from '../support/edge.ts'
import { filesOf, moveFile, removeFile, writeFile } from '../support/files.ts'
import { sweepIn } from '../support/sweep.ts'
import {
  deploymentsOf,
  manifestOf,
  planOf,
  rollBack,
  sendBlobs,
  sendCommit,
  treeOf,
  uploadOf,
} from '../support/sync.ts'

let bot: Bot
beforeAll(async () => {
  await freshEdge()
  bot = await createBot({ NAMESPACE: ['MANAGE_FILES'] }, { namespace: null })
})

const CONTENTS = ['', '1', '2', 'three']
const path = fc.constantFrom('a', 'a/x', 'a/b/x', 'b', 'b/x')
const content = fc.constantFrom(...CONTENTS)
const action = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path, content }),
  fc.record({ kind: fc.constant('remove' as const), path }),
  fc.record({ kind: fc.constant('move' as const), from: path, to: path }),
  fc.record({ kind: fc.constant('make folder' as const), path }),
  fc.record({ kind: fc.constant('commit' as const), files: fc.dictionary(path, content, { maxKeys: 3 }) }),
  fc.record({ kind: fc.constant('roll back' as const) }),
  fc.record({ kind: fc.constant('sweep' as const) }),
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

async function start(namespace: string, one: Action): Promise<number> {
  switch (one.kind) {
    case 'write':
      return (await writeFile(namespace, one.path, one.content, bot)).status
    case 'remove':
      return (await removeFile(namespace, one.path, bot)).status
    case 'move':
      return (await moveFile(namespace, one.from, one.to, bot)).status
    case 'make folder': {
      const url = `${filesOf(namespace)}/directory?path=${one.path}`
      return (await call(url, { ...bot, method: 'POST' })).status
    }
    case 'commit': {
      const plan = await manifestOf(one.files, { delete: true })
      const planned = await call(`${filesOf(namespace)}/plan`, { ...bot, json: plan })
      if (planned.status !== 200) return planned.status
      const { etag } = await planned.json<{ etag: string }>()
      await sendBlobs(namespace, await uploadOf(...CONTENTS), bot)
      return (await sendCommit(namespace, { plan }, etag, bot)).status
    }
    case 'roll back': {
      const { results } = await expectJson<{ results: { id: string }[] }>(call(deploymentsOf(namespace), bot))
      return (await rollBack(namespace, results.at(-1)?.id, bot)).status
    }
    case 'sweep':
      await sweepIn(48 * HOUR)
      return 200
  }
}

/** What must hold of a namespace, by D1's own word. Each finds what does not. */
const FLAWS = {
  'a file with something below it': `
    SELECT f.path FROM files AS f JOIN files AS g ON g.namespace = f.namespace
    AND g.path > f.path || '/' AND g.path < f.path || '0' AND (g.sha256 IS NOT NULL OR g.is_directory)
    WHERE f.namespace = ?1 AND (f.sha256 IS NOT NULL OR f.is_directory)`,
  'a path that is two things':
    'SELECT path FROM files WHERE namespace = ?1 AND sha256 IS NOT NULL AND is_directory',
  'a file that differs from its last revision': `
    SELECT f.path FROM files AS f WHERE f.namespace = ?1 AND f.revision > 0 AND f.sha256 IS NOT (
      SELECT r.sha256 FROM file_revisions AS r WHERE r.namespace = f.namespace AND r.path = f.path
      ORDER BY r.seq DESC, r.revision DESC LIMIT 1)`,
  'a deployment that counts other changes than there are': `
    SELECT d.id FROM deployments AS d WHERE d.namespace = ?1 AND d.created + d.updated + d.deleted <> (
      SELECT count(*) FROM file_revisions AS r WHERE r.namespace = d.namespace AND r.seq = d.seq)`,
}

describe('changes of namespace files at once', () => {
  it('leave files that are whole and can be read, with their past', async () => {
    let count = 0
    const statuses = new Set<number>()
    const rounds = fc.array(fc.array(action, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(rounds, async (rounds) => {
        const namespace = `run${count++}`
        const plan = await manifestOf({ a: '1', 'b/x': '2' })
        await sendBlobs(namespace, await uploadOf('1', '2'), bot)
        await expectJson(sendCommit(namespace, { plan }, '"0"', bot))
        for (const actions of rounds) {
          const answers = await Promise.all(actions.map((one) => start(namespace, one)))
          for (const status of answers) statuses.add(status)
          for (const [flaw, sql] of Object.entries(FLAWS)) {
            const { results } = await env.DB.prepare(sql).bind(namespace).all()
            expect({ flaw, results }).toEqual({ flaw, results: [] })
          }
        }
        const tree = await treeOf(namespace, bot)
        for (const text of Object.values(tree)) expect(CONTENTS).toContain(text)
        const { etag } = await planOf(namespace, { files: [] }, bot)
        await expectJson(sendCommit(namespace, { plan: { delete: true, files: [] } }, etag, bot))
        expect(await treeOf(namespace, bot)).toEqual({})
      }),
      { seed: 7, numRuns: 25 },
    )
    // Some met, and nothing else happened to any.
    expect([...statuses].filter((status) => ![200, 404, 409, 412, 422].includes(status))).toEqual([])
    expect(statuses).toContain(412)
  }, 120_000)
})
