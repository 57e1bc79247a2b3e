/** The table of Kestra's routes beside what a Kestra says of itself, when `KESTRA_OPENAPI` names its document in JSON. */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readOperations } from '../../scripts/kestra-operations.ts'

const { KESTRA_OPENAPI } = process.env
if (KESTRA_OPENAPI === undefined)
  console.log('KESTRA_OPENAPI names no document: the table of routes is not compared with one.')

describe('readOperations', () => {
  it('tells what is known from what is not', () => {
    const paths = {
      '/api/v1/{tenant}/flows/{namespace}/{id}': { get: {}, put: {}, parameters: [] },
      '/api/v1/{tenant}/novelties/{id}': { post: {} },
    }
    expect(readOperations({ paths })).toMatchObject([
      {
        name: 'GET /api/v1/{tenant}/flows/{namespace}/{id}',
        demand: { takes: 'FLOW:VIEW', namespace: 'zz' },
      },
      { name: 'PUT /api/v1/{tenant}/flows/{namespace}/{id}', demand: { takes: 'FLOW:UPDATE' } },
      { name: 'POST /api/v1/{tenant}/novelties/{id}', demand: 'kestra_route_unknown' },
    ])
  })
})

describe.skipIf(KESTRA_OPENAPI === undefined)('the table of Kestra’s routes', () => {
  it('knows every operation of the document', () => {
    const operations = readOperations(JSON.parse(readFileSync(KESTRA_OPENAPI ?? '', 'utf8')))
    expect(operations.length).toBeGreaterThan(100)
    const unknown = operations.filter(({ demand }) => typeof demand === 'string')
    expect(unknown.map(({ name, demand }) => `${name}: ${demand}`)).toEqual([])
  })
})
