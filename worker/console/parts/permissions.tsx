/** Permissions in words: what a role comes to, where it holds, what it matters beside others. */

import type { BindingInFull } from '../../access/bindings.ts'
import type { Difference } from '../../access/difference.ts'

/** In a line of text: `FLOW: CREATE READ · EXECUTION: READ · and 3 more`. */
export function summaryOf(permissions: Readonly<Record<string, readonly string[]>>): string {
  const rows = Object.entries(permissions).filter(([, actions]) => actions.length > 0)
  const first = rows
    .slice(0, 3)
    .map(
      ([resource, actions]) =>
        `${resource}: ${actions.slice(0, 5).join(' ')}${actions.length > 5 ? ' …' : ''}`,
    )
  return [...first, ...(rows.length > 3 ? [`and ${rows.length - 3} more`] : [])].join(' · ')
}

export function Where({ namespace }: { readonly namespace: string | null }) {
  if (namespace === null) return <span>the whole tenant</span>
  return (
    <span>
      <bdi class="mono">{namespace}</bdi> and below
    </span>
  )
}

/** The same in a sentence. */
export function Held({ namespace }: { readonly namespace: string | null }) {
  return (
    <>
      {namespace === null ? 'in ' : 'on '}
      <Where namespace={namespace} />
    </>
  )
}

/** `FLOW:UPDATE and 6 more`. */
export function Permissions({ of }: { readonly of: readonly string[] }) {
  const [first = 'nothing', ...others] = of
  return (
    <>
      <span class="mono">{first}</span>
      {others.length > 0 && ` and ${others.length} more`}
    </>
  )
}

/** What would be added, before it is. */
export function Gain({ difference, namespace }: DifferenceProps) {
  const { alone, anyway, through } = difference
  return (
    <>
      {alone.length === 0 ? (
        <p>Adds nothing: all of it is held already.</p>
      ) : (
        <p>
          Adds <Permissions of={alone} /> <Held namespace={namespace} />.
        </p>
      )}
      {anyway.length > 0 && (
        <p>
          Held already: <Permissions of={anyway} />
          <Through of={through} />.
        </p>
      )}
      <All of={alone} />
    </>
  )
}

/** What would be lost, before it is. */
export function Loss({ difference, namespace }: DifferenceProps) {
  const { alone, anyway, through, inPart } = difference
  return (
    <>
      {alone.length === 0 ? (
        <p>Nothing is lost: all of it is still allowed{through.length === 0 && ' without it'}.</p>
      ) : (
        <p>
          Lost: <Permissions of={alone} /> <Held namespace={namespace} />.
        </p>
      )}
      {anyway.length > 0 && (
        <p>
          Still allowed: <Permissions of={anyway} />
          <Through of={through} />.
        </p>
      )}
      {inPart.length > 0 && (
        <p>
          Some of it is still allowed in a part of that
          <Through of={inPart} />.
        </p>
      )}
      <All of={alone} />
    </>
  )
}

interface DifferenceProps {
  readonly difference: Difference
  readonly namespace: string | null
}

/** `, through group ci-cd (Deployer)`. */
function Through({ of }: { readonly of: readonly BindingInFull[] }) {
  return (
    <>
      {of.map(({ binding, role, group }, index) => (
        <>
          {index === 0 ? ', through ' : ' and '}
          {group ? (
            <>
              group <bdi>{group.name}</bdi> (<bdi>{role.name}</bdi>)
            </>
          ) : (
            <>
              <bdi>{role.name}</bdi> <Held namespace={binding.namespace} />
            </>
          )}
        </>
      ))}
    </>
  )
}

function All({ of }: { readonly of: readonly string[] }) {
  if (of.length < 2) return null
  return (
    <details class="fold">
      <summary>All {of.length} permissions</summary>
      <p class="mono">{of.join(', ')}</p>
    </details>
  )
}

/** What comes with a group: its roles, each with its place. */
export function Brings({ of }: { readonly of: readonly BindingInFull[] }) {
  return (
    <span class="chips">
      {of.slice(0, MAX_CHIPS).map(({ binding, role }) => (
        <span class="chip">
          <bdi>{role.name}</bdi> <Held namespace={binding.namespace} />
        </span>
      ))}
      {of.length > MAX_CHIPS && <span class="muted small">{`+${of.length - MAX_CHIPS}`}</span>}
    </span>
  )
}

const MAX_CHIPS = 4
