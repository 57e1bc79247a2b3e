import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openScanned } from '../../action/scanned-file.ts'

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

async function moveBehindLink(name: string): Promise<void> {
  await rename(join(folder, name), join(folder, 'moved'))
  await symlink(join(folder, 'moved'), join(folder, name))
}
