import { describe, expect, it } from 'vitest'
import { readTargets } from '../../../action/inputs/targets.ts'

const mapped = (mappings: string, plain = {}) =>
  readTargets({ directory: '', namespace: '', namespacePath: '', mappings, ...plain })

const complaint = (mappings: string, plain = {}) => {
  const result = mapped(mappings, plain)
  return result.ok ? 'none' : result.error.map(({ name, message }) => `${name} ${message}`).join('; ')
}

describe('mappings', () => {
  it('are read line by line, comments and blank lines aside', () => {
    const text = `
      # scripts of the data team
      scripts => company.data:/scripts
      sql folder =>company.data:sql/

      dbt => company.dbt`
    expect(mapped(text)).toEqual({
      ok: true,
      value: [
        { directory: 'scripts', namespace: 'company.data', root: '/scripts' },
        { directory: 'sql folder', namespace: 'company.data', root: '/sql' },
        { directory: 'dbt', namespace: 'company.dbt', root: '/' },
      ],
    })
  })

  it.each([
    ['scripts', /line 1: must be directory => namespace/],
    ['a => b\nscripts -> b', /line 2: must be directory => namespace/],
    ['a => No!', /line 1: namespace must be lower-case/],
    ['a => b:/../c', /line 1: namespace-path is refused/],
    ['a => b\nc => b', /writes twice to b:\//],
    ['a => b:/x\nc => b:/x/y', /writes twice to b:\/x\/y/],
    ['a => b\nc => b:/x', /writes twice to b:\/x/],
    ['# nothing', /is empty/],
  ])('%j are refused', (text, expected) => {
    expect(complaint(text)).toMatch(expected)
  })

  it('may lie beside one another in a namespace, and in namespaces of one another', () => {
    expect(complaint('a => b:/x\nc => b:/xy\nd => b.c:/x')).toBe('none')
  })

  it.each(['namespace', 'directory', 'namespacePath'])('do not go with %s', (name) => {
    expect(complaint('a => b', { [name]: 'x' })).toMatch(/takes the place of/)
  })
})
