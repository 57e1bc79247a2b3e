/** What else can be done, behind three dots. It opens without a script. */

import { Icon } from './icon.tsx'

export interface MenuItem {
  readonly label: string
  readonly href: string
  readonly isDangerous?: boolean
}

/** @param about names what it is about, for those who do not see where it stands */
export function Menu({
  about,
  items,
  isSmall,
}: {
  readonly about: string
  readonly items: readonly (MenuItem | false)[]
  readonly isSmall?: boolean
}) {
  const offered = items.filter((item) => item !== false)
  if (offered.length === 0) return null
  return (
    <details class="menu" name="menu">
      <summary class={`button icon${isSmall ? ' small' : ''}`} aria-label={`More for ${about}`}>
        <Icon name="more" />
      </summary>
      <ul class="plain">
        {offered.map(({ label, href, isDangerous }) => (
          <li>
            <a href={href} class={isDangerous ? 'bad' : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
