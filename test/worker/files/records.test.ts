import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Bot, call, createAdmin, freshEdge } from '../support/edge.ts'
import { filesOf, removeFile, writeFile } from '../support/files.ts'
import { deploy } from '../support/sync.ts'

const recordsOf = async (resourceId: string) => {
  const found = env.DB.prepare('SELECT * FROM audit_logs WHERE resource_id = ? ORDER BY at, rowid')
  return (await found.bind(resourceId).all()).results
}

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

describe('a change of namespace files', () => {
  it('is recorded with who made it, path by path', async () => {
    await writeFile('prod', 'a.txt', 'a', admin)
    await call(`${filesOf('prod')}?from=a.txt&to=b.txt`, { ...admin, method: 'PUT' })
    await removeFile('prod', 'b.txt', admin)
    expect((await recordsOf('/a.txt')).map(({ type, actor_id }) => [type, actor_id])).toEqual([
      ['UPDATE', admin.id],
      ['UPDATE', admin.id],
    ])
    expect((await recordsOf('/b.txt')).map(({ type }) => type)).toEqual(['DELETE'])
  })

  it('is recorded as one deployment when a whole folder changes', async () => {
    const { id = '' } = await deploy('prod', { 'x.txt': 'x', 'y.txt': 'y' }, admin)
    const [record, ...more] = await recordsOf(id)
    expect(more).toEqual([])
    expect(record).toMatchObject({
      type: 'CREATE',
      resource: 'DEPLOYMENT',
      actor_id: admin.id,
      namespace: 'prod',
    })
  })
})
