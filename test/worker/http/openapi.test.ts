import { validate } from '@hyperjump/json-schema/openapi-3-1'
import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../../worker/app.ts'
import type { OpenApi } from '../../../worker/http/openapi.ts'
import { namedSchemas, schemaNames } from '../../../worker/http/schema-names.ts'
import { call, expectJson, freshEdge } from '../support/edge.ts'

/** OpenAPI's own schema of such documents, with the dialect of the schemas in them. It comes with the package. */
const META_SCHEMA = 'https://spec.openapis.org/oas/3.1/schema-base'

let document: OpenApi
beforeAll(async () => {
  await freshEdge()
  document = await expectJson<OpenApi>(call('/openapi.json'))
})

const isValid = async (json: object) => (await validate(META_SCHEMA, json as never)).valid
const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
const operation = (name: string) => operationsOf(document).find((one) => one.name === name)?.operation

describe('GET /openapi.json', () => {
  it('is a document of OpenAPI 3.1, with JSON Schemas in it', async () => {
    expect(await isValid(document)).toBe(true)
    // The same check finds what is wrong, in the document and in its schemas.
    expect(await isValid({ ...document, paths: { '/x': { get: { responses: { 200: {} } } } } })).toBe(false)
    expect(await isValid({ ...document, components: { schemas: { X: { type: 'text' } } } })).toBe(false)
  })

  it('describes every route, and no other', () => {
    const declared = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect(
      operationsOf(document)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(declared.sort())
  })

  it('calls every operation and every parameter by a name of its own', () => {
    const ids = operationsOf(document).map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { name, operation } of operationsOf(document)) {
      const parameters = (operation.parameters ?? []).map((one) => `${one.in} ${one.name}`)
      expect([name, new Set(parameters).size]).toEqual([name, parameters.length])
    }
  })

  it('refers to nothing that is not there, and has nothing that nobody refers to', () => {
    const referred = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)]
    const names = new Set(referred.map(([, name]) => name))
    expect([...names].sort()).toEqual(Object.keys(document.components.schemas).sort())
  })

  it('names every schema that a module of the wire declares', () => {
    const modules = import.meta.glob<object>('../../../shared/wire/*.ts', { eager: true })
    expect(Object.keys(modules).length).toBeGreaterThan(10)
    expect(Object.keys(namedSchemas(Object.values(modules))).sort()).toEqual(Object.keys(schemaNames).sort())
  })

  it('says who may call what, and with which credential', () => {
    expect(operation('POST /api/v1/setup')).toMatchObject({ description: 'Open to anyone.', security: [] })
    expect(operation('GET /api/v1/tenants/{id}')).toMatchObject({
      description: 'Takes a superadmin.',
      security: [{ bearer: [] }, { basic: [] }],
    })
    expect(operation('PUT /api/v1/{tenant}/namespaces/{namespace}')?.description).toContain(
      '`NAMESPACE:UPDATE`',
    )
  })

  it('says what a request takes and what its answers hold', () => {
    const Ref = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } })
    expect(operation('PUT /api/v1/{tenant}/roles/{id}')).toMatchObject({
      summary: 'Replace a role',
      tags: ['Roles'],
      parameters: [
        { name: 'tenant', in: 'path', required: true, schema: { type: 'string', maxLength: 63 } },
        { name: 'id', in: 'path', required: true },
      ],
      requestBody: { required: true, content: { 'application/json': Ref('WriteRole') } },
      responses: {
        200: { content: { 'application/json': Ref('Role') } },
        default: { content: { 'application/json': Ref('ApiError') } },
      },
    })
    expect(operation('POST /oauth/token')?.responses.default?.content).toEqual({
      'application/json': Ref('OauthError'),
    })
    expect(operation('DELETE /api/v1/tenants/{id}')?.responses[204]).not.toHaveProperty('content')
    expect(
      operation('POST /api/v1/{tenant}/namespaces/{namespace}/files')?.requestBody?.content,
    ).toHaveProperty('multipart/form-data')
    expect(operation('GET /api/v1/{tenant}/auditlogs/export')?.responses[200]?.content).toHaveProperty(
      'text/csv',
    )
  })

  it('describes a list’s query as clients write it', () => {
    const parameters = operation('GET /api/v1/tenants/search')?.parameters ?? []
    expect(parameters.map(({ name }) => name)).toEqual(['page', 'size', 'sort', 'q', 'filters'])
    const ofLogs = operation('GET /api/v1/{tenant}/auditlogs/search')?.parameters ?? []
    expect(ofLogs.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['tenant', 'page', 'filters', 'flowId']),
    )
    expect(parameters.find(({ name }) => name === 'size')).toMatchObject({
      required: false,
      schema: { default: '10' },
    })
    expect(parameters.find(({ name }) => name === 'filters')).toMatchObject({ style: 'deepObject' })
  })

  it('tells how lists are bounded, and of what they are', () => {
    expect(document.components.schemas.Manifest).toMatchObject({
      properties: {
        files: {
          type: 'array',
          maxItems: 10_000,
          items: { type: 'object', required: ['path', 'sha256', 'size'] },
        },
      },
    })
  })
})

describe('GET /docs', () => {
  it('shows every operation and every schema', async () => {
    const page = await (await call('/docs')).text()
    for (const { operation } of operationsOf(document))
      expect(page).toContain(`id="${operation.operationId}"`)
    for (const name of Object.keys(document.components.schemas)) expect(page).toContain(`id="schema-${name}"`)
    const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, anchor]) => anchor)
    expect(anchors.filter((anchor) => !page.includes(`id="${anchor}"`))).toEqual([])
  })

  it('runs no script, fetches nothing, and may use no style but its own', async () => {
    const answer = await call('/docs')
    const policy = answer.headers.get('Content-Security-Policy') ?? ''
    const page = await answer.text()
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='; .*frame-ancestors 'none'$/)
    expect(page).not.toMatch(/<script|<link|<img|<iframe|javascript:|\son\w+=|\sstyle=|https?:\/\//i)
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? ''
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style)))
    expect(policy).toContain(`'sha256-${btoa(String.fromCharCode(...hash))}'`)
  })
})
