/** A list without rows: what it is for, and what to do first. */

import type { Child } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'

interface EmptyProps {
  readonly icon: IconName
  readonly children?: Child
  readonly action?: Child
}

export function Empty({ icon, children, action }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name={icon} size={28} />
      <p>{children}</p>
      {action}
    </div>
  )
}
