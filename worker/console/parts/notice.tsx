/** A sentence that should not be overlooked. */

import type { Child } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'

const ICONS = { warn: 'clock', bad: 'alert', info: 'info', ok: 'check' } as const satisfies Record<
  string,
  IconName
>

export function Notice({ tone, children }: { readonly tone: keyof typeof ICONS; readonly children?: Child }) {
  return (
    <div class={`notice ${tone}`}>
      <Icon name={ICONS[tone]} />
      <div>{children}</div>
    </div>
  )
}
