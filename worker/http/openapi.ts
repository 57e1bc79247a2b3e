/** The OpenAPI 3.1 document, read from the declarations of the routes: what is served is what is described. */

import type * as v from 'valibot'
import { ApiError, OauthError } from '../../shared/wire/error.ts'
import { type JsonSchema, type JsonSchemas, toJsonSchemas } from './json-schemas.ts'
import type { Access, Route } from './route.ts'
import { schemaNames } from './schema-names.ts'

export interface OpenApi {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: ReadonlyArray<{ readonly url: string }>
  readonly tags: ReadonlyArray<{ readonly name: string }>
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly securitySchemes: Readonly<Record<string, object>>
  }
}

export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly security: ReadonlyArray<Readonly<Record<string, readonly string[]>>>
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: JsonSchema
  readonly style?: 'deepObject'
  readonly explode?: boolean
  readonly description?: string
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

const DESCRIPTION =
  'Service accounts, API tokens, roles and namespace files of Kestra, served at the edge. Paths of a tenant also ' +
  'work without the tenant, and then mean `main`, for namespaces, groups, roles, bindings, tenant access, ' +
  'invitations and acls. Members that are null are left out of answers, and members that are not known are ignored.'

export function describeRoutes(routes: readonly Route[]): OpenApi {
  const parameters = new Set(routes.flatMap(({ params, query, headers }) => [params, query, headers]))
  // Parameters are taken apart and told of one by one: together they are nothing that has a name.
  const names = Object.fromEntries(
    Object.entries(schemaNames).filter(([, schema]) => !parameters.has(schema)),
  )
  const answers = toJsonSchemas(names, [...routes.flatMap(answersOf), ApiError, OauthError], 'answer')
  // What is both taken and given is not the same thing twice: the given one has the plain name.
  const requests = toJsonSchemas(names, routes.flatMap(requestsOf), 'request', (name) =>
    name in answers.components ? `${name}Input` : name,
  )
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describe(route, requests, answers) }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Postern', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(tagOf))].sort().map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...requests.components, ...answers.components },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API token (pst_…) or an access token (JWT).',
        },
        basic: { type: 'http', scheme: 'basic', description: 'A user’s e-mail address and password.' },
      },
    },
  }
}

const answersOf = ({ answers }: Route): v.GenericSchema[] =>
  Object.values(answers).filter((answer) => answer !== null && typeof answer === 'object')

const requestsOf = ({ params, query, headers, body }: Route): v.GenericSchema[] =>
  [params, query, headers, body?.schema].filter((schema) => schema !== undefined)

function describe(route: Route, requests: JsonSchemas, answers: JsonSchemas): Operation {
  const { access, summary } = route
  const parameters = [
    ...pathParameters(route, requests),
    ...parametersOf('query', route.query, requests),
    ...parametersOf('header', route.headers, requests),
  ]
  return {
    operationId: operationIdOf(route),
    summary,
    description: describeAccess(access),
    tags: [tagOf(route)],
    security: access.kind === 'public' ? [] : [{ bearer: [] }, { basic: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: describeBody(route.body, requests) } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [status, describeAnswer(answer, answers)]),
      ),
      default: {
        description: 'What went wrong: `message` for people, `code` for programs.',
        content: {
          'application/json': {
            schema: answers.of(route.path.startsWith('/oauth/') ? OauthError : ApiError),
          },
        },
      },
    },
  }
}

function describeAccess(access: Access): string {
  switch (access.kind) {
    case 'public':
      return 'Open to anyone.'
    case 'signed-in':
      return 'Open to everyone with a credential.'
    case 'user':
      return 'Open to every user.'
    case 'superadmin':
      return 'Takes a superadmin.'
    case 'resource':
      return `Takes any permission on \`${access.resource}\`.`
    case 'permission': {
      const { permission, where } = access
      const places = {
        path: 'where the path says',
        body: 'in the namespace that the body names',
        anywhere: 'somewhere in the tenant, and shows as much as that covers',
      }
      return `Takes \`${permission}\` ${places[where]}.`
    }
  }
}

/** A path's parameters are all of them required, whatever the schema makes of one that is not there. */
function pathParameters({ path, params }: Route, requests: JsonSchemas): Parameter[] {
  const properties = params ? requests.of(params).properties : undefined
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(properties?.[name]),
  }))
}

function parametersOf(
  place: 'query' | 'header',
  schema: v.GenericSchema | undefined,
  requests: JsonSchemas,
): Parameter[] {
  const { properties = {}, required = [] } = schema ? requests.of(schema) : {}
  return Object.entries(properties).map(
    ([name, property]): Parameter =>
      LIST_PARAMETERS[name] ?? {
        name,
        in: place,
        required: required.includes(name),
        schema: schemaOf(property),
      },
  )
}

/** How a list's `sort` and `filters` are written; their schemas see them when they have been taken apart. */
const LIST_PARAMETERS: Readonly<Record<string, Parameter>> = {
  sort: {
    name: 'sort',
    in: 'query',
    required: false,
    schema: { type: 'string' },
    description: 'Fields with their direction, such as `name:asc`; several with commas between, or repeated.',
  },
  filters: {
    name: 'filters',
    in: 'query',
    required: false,
    style: 'deepObject',
    explode: true,
    schema: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'string' } },
    },
    description: 'By field and operator: `filters[name][EQUALS]=x`; `filters[q][EQUALS]=x` looks for a text.',
  },
}

function describeBody(
  { mediaType, orMediaType, schema, isOptional }: NonNullable<Route['body']>,
  requests: JsonSchemas,
): NonNullable<Operation['requestBody']> {
  const parts: JsonSchema = { type: 'object', additionalProperties: { type: 'string', format: 'binary' } }
  const content = { schema: schema ? requests.of(schema) : parts }
  return {
    // An empty file may come as no body at all.
    required: schema !== undefined && !isOptional,
    content: { [mediaType]: content, ...(orMediaType === undefined ? {} : { [orMediaType]: content }) },
  }
}

function describeAnswer(
  answer: Route['answers'][number],
  answers: JsonSchemas,
): Operation['responses'][string] {
  if (answer === undefined || answer === null) return { description: 'Done; the answer is empty.' }
  if (typeof answer === 'string') {
    return { description: 'Done.', content: { [answer]: { schema: { type: 'string' } } } }
  }
  return { description: 'Done.', content: { 'application/json': { schema: answers.of(answer) } } }
}

const schemaOf = (property: JsonSchema | boolean | undefined): JsonSchema =>
  typeof property === 'object' ? property : {}

/** `GET /api/v1/:tenant/roles/:id` becomes `getV1TenantRolesId`: `/login` is there with and without `/api/v1`. */
function operationIdOf({ method, path }: Route): string {
  const words = path.replace('/api', '').match(/[A-Za-z0-9]+/g) ?? []
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** By what a path is about: its first word, or that of its files or tokens. */
function tagOf({ path }: Route): string {
  const [first = 'other', ...rest] =
    path.replace(/^\/api\/v1(\/:tenant)?/, '').match(/(?<=\/)[a-z][a-z-]*/g) ?? []
  const inside = rest.find((word) => word === 'files' || word === 'api-tokens')
  const about = inside === 'files' ? 'namespace-files' : (inside ?? first)
  return ABBREVIATIONS[about] ?? about.charAt(0).toUpperCase() + about.slice(1).replaceAll('-', ' ')
}

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  'api-tokens': 'API tokens',
  auditlogs: 'Audit log',
  docs: 'About',
  oauth: 'OAuth',
  openapi: 'About',
  'well-known': 'OAuth',
}
