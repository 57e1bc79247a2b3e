/** What a deployment did to one file of text, line by line. */

import { structuredPatch } from 'diff'
import * as v from 'valibot'
import { Id } from '../../../../shared/wire/common.ts'
import { readChange, type TextChange } from '../../../files/deployments.ts'
import { EXCERPT_BYTES } from '../../../files/excerpt.ts'
import { permit } from '../../../http/route.ts'
import { page } from '../../page.ts'
import { Notice } from '../../parts/notice.tsx'
import { at, useVisit } from '../../visit.ts'
import { NamespacePage, namespaceParams } from './namespace.tsx'
import { sizeOf } from './size.ts'

export const differencePage = page({
  path: '/:tenant/namespaces/:namespace/deployments/:id/difference',
  access: permit('NAMESPACE_FILE:VIEW'),
  params: v.object({ ...namespaceParams.entries, id: Id }),
  query: v.object({ path: v.optional(v.string(), '') }),
  show: async ({ edge, params: { id, ...place }, query: { path }, now }) => {
    const change = await readChange(edge, place, id, path, now)
    return change.ok ? (
      <Difference namespace={place.namespace} id={id} path={path} change={change.value} />
    ) : (
      change.error
    )
  },
})

/** Comparing takes the square of this. */
const MOST_EDITS = 500

interface Props {
  readonly namespace: string
  readonly id: string
  readonly path: string
  readonly change: TextChange
}

function Difference({ namespace, id, path, change: { before, after } }: Props) {
  const visit = useVisit()
  const isText = [before, after].every((side) => !side || side.text !== undefined)
  const isCut = [before, after].some((side) => side && side.size > EXCERPT_BYTES)
  return (
    <NamespacePage
      namespace={namespace}
      tab="deployments"
      part={path}
      actions={
        <a class="button" href={at(visit, 'namespaces', namespace, 'deployments', id)}>
          All changes
        </a>
      }
    >
      {isCut && (
        <Notice tone="info">{`Of each side the first ${sizeOf(EXCERPT_BYTES)} are compared.`}</Notice>
      )}
      {isText ? (
        <Lines before={before?.text ?? ''} after={after?.text ?? ''} path={path} />
      ) : (
        <Notice tone="info">This is no text, or not in UTF-8: there are no lines to compare.</Notice>
      )}
    </NamespacePage>
  )
}

function Lines({
  before,
  after,
  path,
}: {
  readonly before: string
  readonly after: string
  readonly path: string
}) {
  const options = { context: 4, maxEditLength: MOST_EDITS }
  const patch = structuredPatch(path, path, before, after, undefined, undefined, options)
  if (!patch)
    return <Notice tone="info">The two have so little in common that comparing lines says nothing.</Notice>
  const { hunks } = patch
  return (
    <section class="code difference" aria-label={`What changed in ${path}`}>
      <pre tabindex={0}>
        {hunks.map(({ oldStart, newStart, lines }) => (
          <>
            <span class="where">{`@@ −${oldStart} +${newStart} @@\n`}</span>
            {lines.map((line) => (
              <Line line={line} />
            ))}
          </>
        ))}
      </pre>
    </section>
  )
}

function Line({ line }: { readonly line: string }) {
  if (line.startsWith('+')) return <ins>{`${line}\n`}</ins>
  if (line.startsWith('-')) return <del>{`${line}\n`}</del>
  return <span>{`${line}\n`}</span>
}
