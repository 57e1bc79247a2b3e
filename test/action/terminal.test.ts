import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTerminal } from '../../action/terminal.ts'

const written = { out: '', err: '' }
let isTerminal: boolean | undefined
beforeEach(() => {
  Object.assign(written, { out: '', err: '' })
  isTerminal = process.stderr.isTTY
  for (const [stream, name] of [
    [process.stdout, 'out'],
    [process.stderr, 'err'],
  ] as const) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written[name] += String(text)
      return true
    })
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  Object.assign(process.stderr, { isTTY: isTerminal })
})

const open = (isQuiet = false) => createTerminal({ inputs: { server: 'https://x' }, workspace: '/', isQuiet })

describe('progress', () => {
  it('is a bar that is written over, and ends its line when it is full', () => {
    Object.assign(process.stderr, { isTTY: true })
    const { progress } = open()
    progress(1, 3)
    progress(3, 3)
    expect(written.err).toBe(`\r${'█'.repeat(10)}${'░'.repeat(20)} 1/3\r${'█'.repeat(30)} 3/3\n`)
    expect(written.out).toBe('')
  })

  it('is a line where there is no terminal', () => {
    Object.assign(process.stderr, { isTTY: false })
    open().progress(1, 3)
    expect(written).toEqual({ out: 'Sent 1 of 3 contents\n', err: '' })
  })
})

describe('a line', () => {
  it('goes to standard output, or to the other where that is for results', () => {
    open().info('a')
    open(true).info('b')
    expect(written).toEqual({ out: 'a\n', err: 'b\n' })
  })

  it('holds no secret and nothing that steers a terminal', () => {
    const { mask, info, warning } = open()
    mask('canary-1')
    info('x canary-1 \u001b[31m')
    warning('canary-1\n::error::x')
    expect(written).toEqual({ out: 'x *** \ufffd[31m\n', err: 'warning: ***\ufffd::error::x\n' })
  })
})

it('keeps what is saved for as long as it lives', () => {
  const terminal = open()
  terminal.saveState('token', 'a')
  terminal.output('changed', 'true')
  expect([terminal.readState('token'), terminal.readState('other'), terminal.input('server')]).toEqual([
    'a',
    '',
    'https://x',
  ])
  expect(terminal.outputs).toEqual({ changed: 'true' })
})
