import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readKestraRequest } from '../../../worker/access/kestra-request.ts'

const PLAIN = '/api/v1/main/flows/prod/hello'

/** Each could be taken by somebody between the client and Kestra for another request than it looks like. */
const AMBIGUOUS = {
  'an encoded slash': '/api/v1/main/flows/prod%2fhello',
  'an encoded slash in capitals': '/api/v1/main/flows/prod%2Fhello',
  'an encoded backslash': '/api/v1/main/flows/prod%5chello',
  'a backslash': '/api/v1/main/flows/prod\\hello',
  'a dot segment': '/api/v1/main/flows/./hello',
  'two dots': '/api/v1/main/flows/prod/../other',
  'encoded dots': '/api/v1/main/flows/prod/%2e%2e/other',
  'half-encoded dots': '/api/v1/main/flows/prod/.%2E/other',
  'an encoded dot in a name': '/api/v1/main/flows/prod%2ex/hello',
  'an empty segment': '/api/v1/main//flows/prod/hello',
  'an empty segment in front': '//api/v1/main/flows/prod/hello',
  'a parameter of a segment': '/api/v1/main/flows/prod;x=1/hello',
  'an encoded semicolon': '/api/v1/main/flows/prod%3bx/hello',
  'an encoded NUL': '/api/v1/main/flows/prod%00/hello',
  'a NUL': '/api/v1/main/flows/prod\u0000/hello',
  'an encoded line end': '/api/v1/main/flows/prod%0d%0a/hello',
  'a tab': '/api/v1/main/flows/prod\t/hello',
  'a space': '/api/v1/main/flows/prod /hello',
  'a letter encoded': '/api/v1/main/flows/%70rod/hello',
  'a digit encoded': '/api/v1/main/flows/prod%31/hello',
  'twice encoded': '/api/v1/main/flows/prod%252fx/hello',
  'half an encoding': '/api/v1/main/flows/prod%2/hello',
  'an encoding of nothing': '/api/v1/main/flows/prod%zz/hello',
  'bytes that are not UTF-8': '/api/v1/main/flows/prod%ff/hello',
  'an overlong slash': '/api/v1/main/flows/prod%c0%af/hello',
  'a letter beyond ASCII': '/api/v1/main/flows/pröd/hello',
  'an absolute URI': 'http://kestra.test/api/v1/main/flows/prod/hello',
  'an absolute URI with a mixed-case host': 'HTTP://KesTra.test/api/v1/main/flows/prod/hello',
  'no leading slash': 'api/v1/main/flows/prod/hello',
  'the asterisk form': '*',
  nothing: '',
  'a fragment': `${PLAIN}#x`,
  'two targets': `${PLAIN}, /ui/`,
  'a semicolon in the query': `${PLAIN}?a=1;namespace=other`,
  'a NUL in the query': `${PLAIN}?a=%00`,
  'a query that is not UTF-8': `${PLAIN}?a=%ff`,
  'half an encoding in the query': `${PLAIN}?a=%`,
}

describe('readKestraRequest', () => {
  it('reads what is plain', () => {
    expect(readKestraRequest('GET', `${PLAIN}?a=b+c&filters%5Bq%5D%5BEQUALS%5D=d`)).toMatchObject({
      ok: true,
      value: { method: 'GET', segments: ['api', 'v1', 'main', 'flows', 'prod', 'hello'] },
    })
  })

  it('decodes what must be encoded', () => {
    const read = readKestraRequest('GET', '/a/b%20c/%C3%A9@+:')
    expect(read.ok && read.value.segments).toEqual(['a', 'b c', 'é@+:'])
  })

  it.each(Object.entries(AMBIGUOUS))('refuses %s (threat 19)', (_, target) => {
    expect(readKestraRequest('GET', target)).toMatchObject({
      ok: false,
      error: { code: 'request_ambiguous' },
    })
  })

  it.each(['get', 'Get', 'GET, POST', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', ''])(
    'refuses the method "%s"',
    (method) => {
      expect(readKestraRequest(method, PLAIN).ok).toBe(false)
    },
  )

  it('takes HEAD for the GET that it is', () => {
    expect(readKestraRequest('HEAD', PLAIN)).toEqual(readKestraRequest('GET', PLAIN))
  })

  it('reads nothing that the URL standard reads otherwise, or that changes when it is written again (threat 19)', () => {
    const piece = fc.constantFrom(
      ...[
        '/',
        '.',
        '..',
        '%2e',
        '%2F',
        '//',
        ';',
        '\\',
        '%5C',
        '%25',
        '%00',
        '%C3%A9',
        '%20',
        '%',
        'a',
        'Z',
        '1',
      ],
      ...['~', '@', '+', ':', '?', '#', '&', '=', '[', ']', 'é', ' ', '%61', '%ff', '\t'],
    )
    const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)
    let read = 0
    fc.assert(
      fc.property(target, (one) => {
        const result = readKestraRequest('GET', one)
        if (!result.ok) return
        read++
        const { segments, query } = result.value
        const url = new URL(one, 'http://kestra.test')
        expect(url.host).toBe('kestra.test')
        expect(url.pathname).toBe(one.split('?')[0])
        expect(url.pathname.slice(1).split('/').map(decodeURIComponent)).toEqual(segments)
        expect([...url.searchParams]).toEqual([...query])
        expect(segments.some((segment) => /[/\\%;]/.test(segment) || /^\.\.?$/.test(segment))).toBe(false)
      }),
      { numRuns: 20_000 },
    )
    expect(read).toBeGreaterThan(500)
  })
})
