/** Valibot's schemas as JSON Schemas (2020-12), those with a name by reference. */

import { type JsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import type * as v from 'valibot'

export type { JsonSchema }

type Named = Readonly<Record<string, v.GenericSchema>>

export interface JsonSchemas {
  readonly of: (schema: v.GenericSchema) => JsonSchema
  /** All that these refer to, by name. */
  readonly components: Readonly<Record<string, JsonSchema>>
}

/**
 * All at once, since each conversion begins with all that has a name.
 *
 * @param side what a request may send, or what an answer holds: schemas change what passes through them
 * @param rename from the name of a schema to that of its component
 */
export function toJsonSchemas(
  names: Named,
  schemas: readonly v.GenericSchema[],
  side: 'request' | 'answer',
  rename: (name: string) => string = (name) => name,
): JsonSchemas {
  const nameOf = new Map(Object.entries(names).map(([name, schema]) => [schema, name]))
  const others = new Map(
    schemas.filter((schema) => !nameOf.has(schema)).map((schema, at) => [schema, `/${at}`]),
  )
  const refTo = (name: string) => `${COMPONENTS}${rename(name)}`
  const converted = toJsonSchemaDefs(
    { ...Object.fromEntries([...others].map(([schema, key]) => [key, schema])), ...names },
    {
      target: 'draft-2020-12',
      // Of a request all steps count: lists are counted before they are read.
      typeMode: side === 'request' ? 'ignore' : 'output',
      // What only code can check, a schema cannot say.
      errorMode: 'ignore',
      overrideRef: ({ referenceId }) => (isNameless(referenceId) ? referenceId : refTo(referenceId)),
    },
  )
  const of = (schema: v.GenericSchema): JsonSchema => {
    const name = nameOf.get(schema)
    return name === undefined ? inline(converted[others.get(schema) ?? '']) : { $ref: refTo(name) }
  }
  return { of, components: collect(schemas.map(of)) }

  /** What has no name stands where it is used, also where it is part of something else. */
  function inline(schema: JsonSchema = {}): JsonSchema {
    return JSON.parse(JSON.stringify(schema), (_, value) =>
      isNameless(value?.$ref) ? inline(converted[value.$ref]) : value,
    ) as JsonSchema
  }

  function collect(roots: readonly JsonSchema[]): Record<string, JsonSchema> {
    const byComponent = new Map(Object.keys(names).map((name) => [rename(name), inline(converted[name])]))
    const found = new Map<string, JsonSchema>()
    const visit = (schema: JsonSchema) => {
      for (const name of referredBy(schema)) {
        const component = byComponent.get(name)
        if (found.has(name) || !component) continue
        found.set(name, component)
        visit(component)
      }
    }
    roots.forEach(visit)
    return Object.fromEntries(found)
  }
}

const isNameless = (reference: unknown): reference is string => String(reference).startsWith('/')

const COMPONENTS = '#/components/schemas/'

const referredBy = (schema: JsonSchema): string[] =>
  [...JSON.stringify(schema).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name = '']) => name,
  )
