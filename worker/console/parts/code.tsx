/** Something to be copied as it stands. */

import { Icon } from './icon.tsx'

interface CodeProps {
  readonly id: string
  /** What it is. */
  readonly label: string
  readonly children: string
}

export function Code({ id, label, children }: CodeProps) {
  return (
    <figure class="code" aria-label={label}>
      {/* It may be wider than its place: with the keyboard, too, one scrolls in it. */}
      <pre id={id} tabindex={0}>
        {children}
      </pre>
      <button type="button" class="button small copy" data-copy={id} hidden>
        <Icon name="copy" />
        <span>Copy</span>
      </button>
    </figure>
  )
}
