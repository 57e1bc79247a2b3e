import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { neutralise, toCode, toProse } from '../../action/foreign-text.ts'

/** Names as somebody would choose them who wants to do harm, among arbitrary ones. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '::',
          '##[',
          '#',
          '[',
          ':',
          ' ',
          '\t',
          '\n',
          '\r',
          '\u0085',
          '\u2028',
          '\u202e',
          '|',
          '`',
          '<b>',
          '</code>',
        ],
        ...[
          '@octocat',
          '#1',
          '](http://x)',
          'https://x.y',
          'www.x.y',
          '&lt;',
          '&#64;',
          '\\',
          '*',
          '_',
          'é',
          '\ud800',
        ],
      ),
    )
    .map((parts) => parts.join('')),
)

describe('neutralise', () => {
  it('leaves no command for the runner, and one line', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = neutralise(text)
        expect(line).not.toMatch(/^\s*::/)
        expect(line).not.toContain('##[')
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
        expect(line.isWellFormed()).toBe(true)
      }),
    )
  })

  it('leaves ordinary text as it is', () => {
    expect(neutralise('scripts/naïve café.py: 3::4 #[x]')).toBe('scripts/naïve café.py: 3::4 #[x]')
  })
})

describe('toCode', () => {
  it('shows the text itself and nothing that Markdown or HTML could read', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const inner = /^<code>(.*)<\/code>$/.exec(toCode(text))?.[1] ?? 'not one element'
        expect(inner.replace(/&#\d+;/g, '')).toMatch(/^[\p{L}\p{N}/ -]*$/u)
        expect(decode(inner)).toBe(
          text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd'),
        )
      }),
    )
  })
})

describe('toProse', () => {
  it('mentions nobody and refers to nothing', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(decode(toProse(text))).not.toMatch(/[@#][^\u200b]/)
      }),
    )
  })
})

const decode = (html: string): string =>
  html.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
