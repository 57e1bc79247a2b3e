/** Requests as the OpenAPI document allows them, and as it does not. */

import fc from 'fast-check'
import type { OpenApi, Operation, Parameter } from '../../../worker/http/openapi.ts'
import type { Call } from './edge.ts'

/** One operation of the document. */
export interface Target {
  readonly method: string
  /** With its parameters in braces. */
  readonly path: string
  readonly operation: Operation
}

export interface FuzzedRequest extends Call {
  readonly method: string
  readonly path: string
  readonly target: Target
}

/** Words that mean something where they are sent, by the name of the parameter or member. */
export type Vocabulary = Readonly<Record<string, readonly unknown[]>>

type Schema = Readonly<Record<string, unknown>>

export const targetsOf = ({ paths }: OpenApi): Target[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )

export function requestTo(target: Target, document: OpenApi, words: Vocabulary): fc.Arbitrary<FuzzedRequest> {
  const { operation } = target
  const parameters = operation.parameters ?? []
  const inPath = parameters.filter((parameter) => parameter.in === 'path')
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  const [mediaType, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  return fc
    .record({
      segments: fc.tuple(...inPath.map((parameter) => pathWord(parameter, words))),
      query: fc.oneof(
        { weight: 3, arbitrary: queryOf(inQuery, words) },
        { weight: 1, arbitrary: fc.array(WILD_QUERY, { maxLength: 4 }).map((parts) => parts.join('&')) },
      ),
      headers: headersOf(parameters, words),
      body: media ? bodyOf(mediaType ?? '', media.schema as Schema, document, words) : fc.constant<Sent>({}),
    })
    .map(({ segments, query, headers, body }) => {
      const path = inPath.reduce(
        (text, { name }, at) => text.replace(`{${name}}`, segments[at] ?? ''),
        target.path,
      )
      return {
        target,
        method: target.method,
        path: query ? `${path}?${query}` : path,
        ...body,
        headers: { ...headers, ...body.headers },
      }
    })
}

/** Already encoded: what a client should not send is part of it. */
const WILD_SEGMENT = fc.oneof(
  fc.constantFrom(
    '%00',
    '%FF',
    '%',
    '%E0%A4%A',
    '..%2f..',
    '%2e%2e',
    "'%20OR%201=1--",
    '%F0%9F%98%80',
    'a%2Fb',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map(encode),
  fc.integer({ min: 200, max: 2_000 }).map((length) => 'x'.repeat(length)),
)

const WILD_QUERY = fc.oneof(
  fc.constantFrom(
    ...[
      'page=0',
      'page=-1',
      'page=1e9',
      'page=999999',
      'page=999999999999999999999',
      'page=1&page=x',
      'size=0',
    ],
    ...[
      'size=10001',
      'size=NaN',
      'size=%FF',
      'sort=',
      'sort=name:',
      'sort=:::',
      'sort=unknown:asc',
      'sort=name,name',
    ],
    ...[
      'sort=name:asc&sort=id:desc',
      'filters=x',
      'filters[]',
      'filters[][]=x',
      'filters[name]=x',
      'filters[q]=x',
    ],
    ...['filters[unknown][EQUALS]=x', 'filters[name][REGEX]=(a%2B)%2B$', 'filters[name][EQUALS][deep]=x'],
    ...[
      'filters[__proto__][EQUALS]=x',
      'filters[id][IN]=',
      'filters[name][CONTAINS]=%00',
      'q=%00',
      'q=%ED%A0%80',
    ],
    ...[
      'q=%25_',
      'q=%27',
      '=',
      '&',
      '%',
      '%FF=%FF',
      'path=',
      'path=..',
      'path=%2F..%2F',
      'path=%00',
      'revision=-1',
    ],
    ...['startDate=never', 'filters[startDate][EQUALS]=275761-01-01', 'endDate=2026-01-01', 'existing=maybe'],
  ),
  fc.string({ unit: 'grapheme', maxLength: 600 }).map((text) => `q=${encode(text)}`),
  fc
    .tuple(
      fc.constantFrom('id', 'name', 'username', 'date', 'type', 'namespace'),
      fc.string({ maxLength: 50 }),
    )
    .map(([field, text]) => `filters[${field}][STARTS_WITH]=${encode(text)}`),
  fc.integer({ min: 15, max: 40 }).map((times) => 'filters[name][EQUALS]=x&'.repeat(times)),
)

/** Anything JSON can say, and what is known to hurt. */
const WILD_VALUE: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      0,
      -1,
      -0,
      1e308,
      2 ** 53,
      0.1,
      '',
      ' ',
      '\u0000',
      '\ud800',
      '\u202e',
      'x'.repeat(10_000),
    ],
    ...[
      '__proto__',
      "'; DROP TABLE accounts; --",
      '🦊',
      'null',
      [],
      {},
      [[]],
      { __proto__: null },
      ['a', 1, null],
    ],
  ),
  fc.integer({ min: 60, max: 5_000 }).map(nest),
)

/** Bodies that are not what they say they are, byte for byte. */
const WILD_BODY = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.constantFrom(
    ...[
      '',
      '{',
      '{"name":"a","name":"b"}',
      '[1,]',
      'null',
      '"text"',
      '1e999',
      '{"a":\u0000}',
      '\ufeff{}',
      '{"a":"\\ud800"}',
    ],
    ...[
      `${'['.repeat(100_000)}`,
      `{"id":"prod.deep","name":"Deep","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      '{"__proto__":{"x":1},"name":"x"}',
    ],
  ),
)

function nest(depth: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

const pathWord = ({ name, schema }: Parameter, words: Vocabulary): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: wordFor(name, words) ?? textOf(schema as Schema) },
    { weight: 1, arbitrary: textOf(schema as Schema) },
    { weight: 1, arbitrary: WILD_SEGMENT },
  )

function queryOf(parameters: readonly Parameter[], words: Vocabulary): fc.Arbitrary<string> {
  const parts = parameters.map(({ name, schema, required, style }) =>
    fc.option(
      (style === 'deepObject'
        ? fc.constantFrom('x', 'bot')
        : (wordFor(name, words) ?? textOf(schema as Schema))
      ).map((text) => (style === 'deepObject' ? `filters[q][EQUALS]=${text}` : `${name}=${encode(text)}`)),
      { freq: required ? 10 : 1, nil: undefined },
    ),
  )
  return fc.tuple(...parts).map((chosen) => chosen.filter((part) => part !== undefined).join('&'))
}

function headersOf(
  parameters: readonly Parameter[],
  words: Vocabulary,
): fc.Arbitrary<Record<string, string>> {
  const inHeader = parameters.filter((parameter) => parameter.in === 'header')
  const values = inHeader.map(({ name }) =>
    fc.option(
      fc.oneof(wordFor(name, words) ?? fc.constant('x'), fc.constantFrom('', '"0', 'x'.repeat(300))),
      { freq: 8, nil: undefined },
    ),
  )
  return fc
    .tuple(...values)
    .map((chosen) =>
      Object.fromEntries(
        inHeader.flatMap(({ name }, at) => (chosen[at] === undefined ? [] : [[name, chosen[at]]])),
      ),
    )
}

type Sent = Pick<Call, 'body' | 'headers'>

function bodyOf(mediaType: string, schema: Schema, document: OpenApi, words: Vocabulary): fc.Arbitrary<Sent> {
  const type = fc.oneof(
    { weight: 12, arbitrary: fc.constant(mediaType) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'text/plain',
        'application/json; charset=utf-16',
        'multipart/form-data',
        ';',
        '',
      ),
    },
  )
  const typed = (content: fc.Arbitrary<BodyInit>): fc.Arbitrary<Sent> =>
    fc.tuple(type, content).map(([value, body]) => ({ body, headers: { 'Content-Type': value } }))
  const wild = typed(WILD_BODY as fc.Arbitrary<BodyInit>)
  const fitting = fittingValue(schema, document, words)
  switch (mediaType) {
    case 'application/json':
      return fc.oneof(
        { weight: 5, arbitrary: typed(fitting.map((value) => JSON.stringify(value) ?? '')) },
        { weight: 3, arbitrary: typed(spoilt(fitting).map((value) => JSON.stringify(value) ?? '')) },
        { weight: 1, arbitrary: wild },
      )
    case 'application/x-www-form-urlencoded':
      return fc.oneof(
        typed(fitting.map((value) => new URLSearchParams(value as Record<string, string>).toString())),
        wild,
      )
    default:
      return fc.oneof(
        fc.uint8Array({ maxLength: 100 }).map((bytes) => {
          const form = new FormData()
          form.append('fileContent', new File([bytes], 'file.txt'))
          return { body: form }
        }),
        wild,
      )
  }
}

/** One member made something else, left out, or added. */
const spoilt = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(fitting, fc.nat(), WILD_VALUE, fc.constantFrom('replace', 'remove', 'add', 'all'))
    .map(([value, at, wild, how]) => {
      if (how === 'all' || typeof value !== 'object' || value === null) return wild
      const names = Object.keys(value)
      const name = how === 'add' || names.length === 0 ? 'unheardOf' : (names[at % names.length] ?? '')
      const { [name]: _, ...rest } = value as Record<string, unknown>
      return how === 'remove' ? rest : { ...rest, [name]: wild }
    })

/** A value that fits a schema as far as the schema can tell, with known words where there are any. */
function fittingValue(
  schema: Schema,
  document: OpenApi,
  words: Vocabulary,
  name = '',
  depth = 0,
): fc.Arbitrary<unknown> {
  const word = words[name]
  if (word) return fc.constantFrom(...word)
  const inner = (one: unknown, called = name) =>
    fittingValue(one as Schema, document, words, called, depth + 1)
  if (typeof schema.$ref === 'string') {
    return inner(document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  }
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const choices = (schema.anyOf ?? schema.oneOf) as unknown[] | undefined
  if (choices) return fc.oneof(...choices.map((one) => inner(one)))
  switch (schema.type) {
    case 'object':
      return objectOf(schema, inner)
    case 'array':
      return fc.array(inner(schema.items ?? {}), { maxLength: 3 })
    case 'string':
      return textOf(schema)
    case 'boolean':
      return fc.boolean()
    case 'number':
    case 'integer':
      return fc.integer({ min: Number(schema.minimum ?? 0), max: Number(schema.maximum ?? 1_000) })
    case 'null':
      return fc.constant(null)
    default:
      return depth > 4 ? fc.constant('x') : fc.jsonValue({ maxDepth: 1 })
  }
}

function objectOf(
  schema: Schema,
  inner: (one: unknown, name: string) => fc.Arbitrary<unknown>,
): fc.Arbitrary<object> {
  const properties = Object.entries((schema.properties ?? {}) as Schema)
  const required = (schema.required ?? []) as string[]
  const members = Object.fromEntries(properties.map(([name, one]) => [name, inner(one, name)]))
  const free = schema.additionalProperties
  if (properties.length === 0 && typeof free === 'object') {
    return fc.dictionary(fc.constantFrom('a', 'b'), inner(free, ''), { maxKeys: 2 })
  }
  return fc.record(members, { requiredKeys: required })
}

/** What no generator can make from a pattern is one of the few texts that fit most. */
function textOf(schema: Schema): fc.Arbitrary<string> {
  if (typeof schema.pattern !== 'string') return fc.string({ maxLength: 20 })
  try {
    return fc.stringMatching(new RegExp(schema.pattern), { maxLength: 20 })
  } catch {
    return fc.constantFrom('fuzz', 'a1')
  }
}

const wordFor = (name: string, words: Vocabulary): fc.Arbitrary<string> | undefined => {
  const known = words[name]
  return known && fc.constantFrom(...known.map(String))
}
