/** Namespaces: an id, and what Kestra keeps of one. Dots nest: `company.team` lies in `company`. */

import * as v from 'valibot'
import { NamespaceId } from '../names.ts'
import { Concurrency, withAttributes } from './attributes.ts'
import { Id } from './common.ts'

const writable = {
  description: v.nullish(v.string()),
  variables: v.nullish(v.record(v.string(), v.unknown())),
  allowedNamespaces: v.nullish(
    v.pipe(
      // Counted before they are read, like every list of unbounded length.
      v.array(v.unknown()),
      v.maxLength(1_000, 'must be at most 1000'),
      v.array(v.looseObject({ namespace: v.string() })),
    ),
  ),
  concurrency: v.nullish(Concurrency),
}

export const CreateNamespace = withAttributes({ id: NamespaceId, ...writable })
export type CreateNamespace = v.InferOutput<typeof CreateNamespace>

/** All of it: what is left out is gone. The id is the path's. */
export const ReplaceNamespace = withAttributes({ id: v.nullish(NamespaceId), ...writable })
export type ReplaceNamespace = v.InferOutput<typeof ReplaceNamespace>

/** Beside these, what was sent. */
export const Namespace = v.looseObject({
  id: v.string(),
  /** Kestra's Go client insists on it. A namespace that is deleted is not there. */
  deleted: v.literal(false),
})
export type Namespace = v.InferOutput<typeof Namespace>

/** Variables that the namespaces above hand down, the nearest one's first. */
export const InheritedVariables = v.record(v.string(), v.unknown())

/** Query of the search: whether only namespaces that somebody created are wanted, or also those that hold files. */
export const Existing = v.optional(
  v.pipe(
    v.picklist(['true', 'false'], 'must be true or false'),
    v.transform((text) => text === 'true'),
  ),
  'false',
)

/** What somebody types, and ids to be found whatever was typed. */
export const AutocompleteNamespaces = v.object({
  q: v.nullish(v.pipe(v.string(), v.maxLength(500, 'must have at most 500 characters'))),
  ids: v.nullish(v.pipe(v.array(v.unknown()), v.maxLength(10_000, 'must be at most 10000'), v.array(Id))),
  existingOnly: v.nullish(v.boolean()),
})
export type AutocompleteNamespaces = v.InferOutput<typeof AutocompleteNamespaces>
