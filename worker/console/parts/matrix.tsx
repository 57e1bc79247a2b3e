/** Permissions as a table: a row for each resource, and under the old words what each comes to. */

import type { Child } from 'hono/jsx'
import {
  actionsOf,
  actionsUnder,
  isOldWord,
  type OldWord,
  type Permission,
  type ResourceName,
  resourceNames,
} from '../../../shared/permissions.ts'
import { useVisit } from '../visit.ts'
import { Icon } from './icon.tsx'

/** In the order in which people say them. */
const WORDS: readonly OldWord[] = ['CREATE', 'READ', 'UPDATE', 'DELETE']

const PEOPLE: readonly ResourceName[] = [
  'USER',
  'GROUP',
  'ROLE',
  'BINDING',
  'SERVICE_ACCOUNT',
  'INVITATION',
  'AUDITLOG',
]
const INSTANCE: readonly ResourceName[] = ['SYSTEM_SETTINGS', 'TENANT_SETTINGS', 'COPILOT']

const SECTIONS: ReadonlyArray<readonly [string, readonly ResourceName[]]> = [
  ['Work', resourceNames.filter((one) => ![...PEOPLE, ...INSTANCE].includes(one))],
  ['People and access', PEOPLE],
  ['Instance', INSTANCE],
]

interface MatrixProps {
  readonly caption: string
  readonly isAllowed: (permission: Permission) => boolean
  /** Where a permission leads to. */
  readonly hrefOf?: (permission: Permission) => string
}

/** To look at. */
export function Matrix({ caption, isAllowed, hrefOf }: MatrixProps) {
  const marks = (resource: ResourceName, actions: readonly string[]) =>
    actions.length > 0 && (
      <span class="marks">
        {actions.map((action) => {
          const permission: Permission = `${resource}:${action}`
          const is = isAllowed(permission)
          const word = (
            <>
              {action}
              <span class="visually-hidden">{is ? ' allowed' : ' not allowed'}</span>
            </>
          )
          const look = is ? 'mark yes' : 'mark'
          return hrefOf ? (
            <a class={look} href={hrefOf(permission)}>
              {word}
            </a>
          ) : (
            <span class={look}>{word}</span>
          )
        })}
      </span>
    )
  return (
    <Grid caption={caption} last="Others">
      {SECTIONS.map(([heading, resources]) => (
        <Section heading={heading}>
          {resources.map((resource) => (
            <Row
              resource={resource}
              cells={WORDS.map((word) => marks(resource, actionsUnder(resource, word)))}
              last={marks(
                resource,
                actionsOf(resource).filter((one) => !isUnderOne(resource, one)),
              )}
            />
          ))}
        </Section>
      ))}
    </Grid>
  )
}

const isUnderOne = (resource: ResourceName, action: string): boolean =>
  WORDS.some((word) => actionsUnder(resource, word).includes(action))

interface MatrixFieldProps {
  readonly name: string
  readonly label: string
  readonly hint: Child
  /** As the role says them, in either vocabulary: what nobody here knows is shown and kept too. */
  readonly permissions: Readonly<Record<string, readonly string[]>>
}

/** To tick. What is sent is the role's own words, `FLOW:READ`, so that nothing of it is lost or read otherwise. */
export function MatrixField({ name, label, hint, permissions }: MatrixFieldProps) {
  const { attempt } = useVisit()
  const sent = attempt && [attempt.values[name] ?? []].flat()
  const ticked = new Set(
    sent ??
      Object.entries(permissions).flatMap(([one, actions]) => actions.map((action) => `${one}:${action}`)),
  )
  const problem = attempt?.problems.find(({ path }) => path === name || path?.startsWith(`${name}.`))
  const ownWords = (resource: string) =>
    [...ticked].filter((one) => one.startsWith(`${resource}:`)).map((one) => one.slice(resource.length + 1))
  const others = [...new Set([...ticked].map((one) => one.slice(0, one.indexOf(':'))))].filter(
    (one) => !(resourceNames as readonly string[]).includes(one),
  )
  const tick = (resource: string, word: string) => (
    <label class="tick">
      <input
        type="checkbox"
        name={name}
        value={`${resource}:${word}`}
        checked={ticked.has(`${resource}:${word}`)}
        aria-label={`${resource}, ${word.toLowerCase()}`}
      />
      <span>{word}</span>
    </label>
  )
  const row = (resource: string, words: readonly string[]) => {
    const finer = [...new Set([...words, ...ownWords(resource)])].filter((word) => !isOldWord(word))
    return (
      <Row
        resource={resource}
        cells={WORDS.map(
          (word) => (words.includes(word) || ticked.has(`${resource}:${word}`)) && tick(resource, word),
        )}
        last={
          finer.length > 0 && (
            <details class="finer" open={finer.some((word) => ticked.has(`${resource}:${word}`))}>
              <summary>
                {finer.length === 1 ? '1 single action' : `${finer.length} single actions`}
                <span class="visually-hidden">{` of ${resource}`}</span>
              </summary>
              <span class="ticks">{finer.map((word) => tick(resource, word))}</span>
            </details>
          )
        }
      />
    )
  }
  return (
    <fieldset class="field matrix-field" id={name} aria-describedby={`${name}-hint`}>
      <legend>{label}</legend>
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
      {problem && (
        <p class="error">
          <Icon name="alert" />
          <span>{`${label}: ${problem.message}`}</span>
        </p>
      )}
      <Grid caption={label} last="Single actions">
        {SECTIONS.map(([heading, resources]) => (
          <Section heading={heading}>
            {resources.map((resource) =>
              row(resource, [
                ...WORDS.filter((word) => actionsUnder(resource, word).length > 0),
                ...actionsOf(resource),
              ]),
            )}
          </Section>
        ))}
        {others.length > 0 && (
          <Section heading="Other names, kept as they are">{others.map((one) => row(one, []))}</Section>
        )}
      </Grid>
    </fieldset>
  )
}

function Grid({
  caption,
  last,
  children,
}: {
  readonly caption: string
  readonly last: string
  readonly children?: Child
}) {
  return (
    <>
      <Narrow />
      <div class="matrix">
        <table role="table" aria-label={caption}>
          <thead role="rowgroup">
            <tr role="row">
              {['Resource', ...WORDS, last].map((label) => (
                <th role="columnheader" scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          {children}
        </table>
      </div>
    </>
  )
}

/** Rows by the names of their resources. It needs the script, since a page that was asked for anew would have lost the ticks. */
function Narrow() {
  return (
    <div class="narrow" data-narrow hidden>
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Resource"
          placeholder="Resource"
          autocomplete="off"
          spellcheck={false}
          data-key="/"
        />
        <kbd>/</kbd>
      </div>
      <output />
    </div>
  )
}

function Section({ heading, children }: { readonly heading: string; readonly children?: Child }) {
  return (
    <tbody role="rowgroup">
      <tr role="row" class="heading">
        <th scope="rowgroup" colspan={WORDS.length + 2}>
          {heading}
        </th>
      </tr>
      {children}
    </tbody>
  )
}

function Row({
  resource,
  cells,
  last,
}: {
  readonly resource: string
  readonly cells: readonly Child[]
  readonly last: Child
}) {
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        {resource}
      </th>
      {[...cells, last].map((cell, index) => (
        <td role="cell" class={cell ? undefined : 'void'} data-word={WORDS[index]}>
          {cell}
        </td>
      ))}
    </tr>
  )
}
