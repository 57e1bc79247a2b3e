import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { beforeEach, describe, expect, it } from 'vitest'
import { contentOf, openScanned } from '../../action/scanned-file.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'postern-scanned-')))
  await mkdir(join(folder, 'd'))
  await writeFile(join(folder, 'd', 'a'), 'found')
  return () => rm(folder, { recursive: true })
})

describe('openScanned', () => {
  it('opens the file that was found', async () => {
    await using handle = await openScanned(join(folder, 'd', 'a'), 'd/a')
    expect(await handle.readFile('utf8')).toBe('found')
  })

  it.each<[string, () => Promise<void>]>([
    ['has vanished', () => rm(join(folder, 'd', 'a'))],
    ['has vanished with its folder', () => rm(join(folder, 'd'), { recursive: true })],
    ['has become a link', () => moveBehindLink('d/a')],
    ['is now in a folder that is a link', () => moveBehindLink('d')],
  ])('refuses a file that %s since it was found', async (_, change) => {
    await change()
    const opening = openScanned(join(folder, 'd', 'a'), 'd/a')
    await expect(opening).rejects.toMatchObject({
      code: 'POSTERN-205',
      message: expect.stringMatching(/^d\/a/),
    })
  })
})

describe('contentOf', () => {
  /** More than is read at once, so that it comes in pieces. */
  const content = Buffer.alloc(200_000, 'found')
  const scanned = () => ({
    path: 'd/a',
    file: join(folder, 'd', 'a'),
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  })

  it('can be read again and again, in pieces', async () => {
    await writeFile(join(folder, 'd', 'a'), content)
    const { length, open } = contentOf(scanned())
    expect(length).toBe(content.length)
    expect(await buffer(open())).toEqual(content)
    const pieces: Uint8Array[] = []
    for await (const piece of open()) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(1)
    expect(Buffer.concat(pieces)).toEqual(content)
  })

  it.each([
    ['is another one now', Buffer.alloc(content.length, 'other')],
    ['has grown', Buffer.concat([content, Buffer.from('x')])],
    ['has shrunk', content.subarray(0, -1)],
    ['is empty', Buffer.alloc(0)],
  ])('of a file that %s never comes to its end, nor to more than was announced', async (_, now) => {
    await writeFile(join(folder, 'd', 'a'), now)
    let bytes = 0
    const reading = async () => {
      for await (const piece of contentOf(scanned()).open()) bytes += piece.byteLength
    }
    await expect(reading()).rejects.toMatchObject({ code: 'POSTERN-205' })
    expect(bytes).toBeLessThan(content.length)
  })
})

async function moveBehindLink(name: string): Promise<void> {
  await rename(join(folder, name), join(folder, 'moved'))
  await symlink(join(folder, 'moved'), join(folder, name))
}
