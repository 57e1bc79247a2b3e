import { describe, expect, it } from 'vitest'
import { ROOT } from '../../../shared/file-path.ts'
import { originOf, ownerOf, runOf } from '../../../worker/files/source.ts'

const claimed = {
  repository: 'acme/claimed',
  repositoryId: '1',
  sha: 'claimed',
  actor: 'claimed',
  directory: 'scripts',
  runUrl: 'https://github.com/acme/claimed/actions/runs/1',
}

describe('originOf', () => {
  it('takes what is claimed for lack of better', () => {
    expect(originOf(claimed)).toEqual({ source: claimed, isVerified: false })
    expect(originOf(undefined)).toEqual({ source: undefined, isVerified: false })
  })

  it('puts what is verified in the place of all that a token knows', () => {
    const verified = { repository: 'acme/web', repositoryId: '7', sha: 'abc' }
    const { directory, runUrl } = claimed
    expect(originOf(claimed, verified)).toEqual({
      source: { ...verified, directory, runUrl },
      isVerified: true,
    })
    expect(originOf(undefined, verified)).toEqual({ source: verified, isVerified: true })
  })
})

describe('ownerOf', () => {
  it('is the repository by its id, and the folder', () => {
    expect(ownerOf({ repositoryId: '7', repository: 'acme/web' }, ROOT)).toBe('7:/')
  })

  it.each([undefined, {}, { repositoryId: '' }, { repository: 'acme/web' }])('is nobody for %j', (source) => {
    expect(ownerOf(source, ROOT)).toBeNull()
  })
})

describe('runOf', () => {
  const run = { repositoryId: '7', workflowRef: 'deploy.yml', runNumber: 0 }

  it('counts by repository and workflow', () => {
    expect(runOf(run)).toEqual({ workflow: '7 deploy.yml', runNumber: 0 })
  })

  it.each(['repositoryId', 'workflowRef', 'runNumber'] as const)('does not count without %s', (name) => {
    const { [name]: _, ...rest } = run
    expect(runOf(rest)).toBeUndefined()
  })
})
