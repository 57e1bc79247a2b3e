/** The API, described: for programs, and for people. */

import * as v from 'valibot'
import { json } from '../answer.ts'
import { renderDocs } from '../docs-page.ts'
import { describeRoutes, type OpenApi } from '../openapi.ts'
import { anyone, type Route, route } from '../route.ts'

/** @param routes all there are, these two included; asked for once, when the first request wants to know */
export function openApiRoutes(routes: () => readonly Route[]): Route[] {
  let described: OpenApi | undefined
  const describe = (): OpenApi => {
    described ??= describeRoutes(routes())
    return described
  }
  return [
    route({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This API as an OpenAPI 3.1 document',
      access: anyone,
      answers: { 200: v.looseObject({ openapi: v.string() }) },
      handle: async () => json(200, describe(), { 'Cache-Control': 'public, max-age=300' }),
    }),
    route({
      method: 'GET',
      path: '/docs',
      summary: 'This API as a page to read',
      access: anyone,
      answers: { 200: 'text/html' },
      handle: async () => renderDocs(describe()),
    }),
  ]
}
