/** What the table of Kestra's routes says of each operation in an OpenAPI document of Kestra. */

import type { Demand } from '../worker/access/kestra-demand.ts'
import { demandOf } from '../worker/access/kestra-demand.ts'

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, object>>
}

export interface Operation {
  /** `GET /api/v1/{tenant}/flows/search`. */
  readonly name: string
  /** Or the code of the refusal. */
  readonly demand: Demand | string
}

/** A word that no route of Kestra uses, so that a parameter cannot be taken for one. */
const SOMETHING = 'zz'
const METHODS = new Set(['get', 'put', 'post', 'patch', 'delete'])

export const readOperations = ({ paths }: OpenApiDocument): Operation[] =>
  Object.entries(paths).flatMap(([path, operations]) => {
    const target = path.replace('{tenant}', 'main').replaceAll(/\{[^}]*\}/g, SOMETHING)
    const methods = Object.keys(operations).filter((method) => METHODS.has(method))
    return methods.map((method) => {
      const demand = demandOf(method.toUpperCase(), target)
      return {
        name: `${method.toUpperCase()} ${path}`,
        demand: demand.ok ? demand.value : demand.error.code,
      }
    })
  })
