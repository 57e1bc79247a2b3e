/** What is around every page: the document, the navigation, the banner of an impersonation, the word of what was done. */

import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Permission } from '../../shared/permissions.ts'
import { FONT, SCRIPT, STYLES } from './assets.ts'
import { sentenceOf } from './flash.ts'
import { CsrfField, Problems } from './parts/form.tsx'
import { Icon, type IconName, Mark } from './parts/icon.tsx'
import { When } from './parts/when.tsx'
import { at, may, useVisit, type Visit } from './visit.ts'

interface PageProps {
  /** Names the page, and what it is about: `Create API token · ci-terraform`. */
  readonly title: string
  /** The one heading, where it says less than the title. */
  readonly heading?: Child
  readonly lead?: Child
  /** Where one came from: label and address. */
  readonly crumbs?: readonly (readonly [string, string])[]
  readonly emblem?: IconName
  /** Beside the heading, such as a pill. */
  readonly beside?: Child
  readonly actions?: Child
  readonly children?: Child
}

/** A page of somebody who is signed in. */
export function Page({ title, heading, lead, crumbs, emblem, beside, actions, children }: PageProps) {
  const visit = useVisit()
  return (
    <Document title={title}>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Mask />
      <div class="shell">
        <Rail />
        <main class="page" id="content" tabindex={-1}>
          {crumbs && (
            <nav aria-label="Breadcrumb">
              <ol class="crumbs">
                {crumbs.map(([label, href]) => (
                  <li>
                    <a href={href}>
                      <bdi>{label}</bdi>
                    </a>
                  </li>
                ))}
              </ol>
            </nav>
          )}
          <header class="masthead">
            {emblem && (
              <span class="emblem">
                <Icon name={emblem} size={22} />
              </span>
            )}
            <div class="title">
              <div class="named">
                <h1>{heading ?? title}</h1>
                {beside}
              </div>
              {lead && <p>{lead}</p>}
            </div>
            {actions && <div class="actions">{actions}</div>}
          </header>
          <Word />
          <Problems problems={visit.attempt?.problems ?? []} />
          {children}
        </main>
      </div>
    </Document>
  )
}

/** A page of somebody who is not: one column in the middle. */
export function Gate({
  title,
  heading = title,
  lead,
  children,
}: Pick<PageProps, 'title' | 'heading' | 'lead' | 'children'>) {
  const visit = useVisit()
  return (
    <Document title={title}>
      <div class="gate">
        <header class="brand">
          <Mark /> Postern
        </header>
        <main id="content">
          <h1>{heading}</h1>
          {lead && <p class="muted">{lead}</p>}
          <Word />
          <Problems problems={visit.attempt?.problems ?? []} />
          {children}
        </main>
      </div>
    </Document>
  )
}

function Document({ title, children }: { readonly title: string; readonly children?: Child }) {
  const { attempt, principal, theme } = useVisit()
  const parts = [
    ...(attempt ? ['Error:'] : []),
    ...(principal?.impersonator ? [`(as ${principal.name})`] : []),
    `${title} · Postern`,
  ]
  return (
    <html lang="en" dir="ltr" data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <CsrfMeta />
        <title>{parts.join(' ')}</title>
        <link rel="preload" href={FONT} as="font" type="font/woff2" crossorigin="anonymous" />
        <link rel="stylesheet" href={STYLES} />
        <link rel="icon" href="data:," />
        <script type="module" src={SCRIPT} />
      </head>
      <body>{children}</body>
    </html>
  )
}

/** Always there, so that what appears in it is read out. */
function Word() {
  const { flash } = useVisit()
  return (
    <div role="status" class="word">
      {flash && (
        <p class="notice ok">
          <Icon name="check" />
          <span>{sentenceOf(flash)}</span>
        </p>
      )}
    </div>
  )
}

/** Whoever acts as somebody else sees so on every page, first of all. */
function Mask() {
  const { principal, displayName, endsAt, base } = useVisit()
  if (!principal?.impersonator) return null
  return (
    <aside class="mask" aria-label="Impersonation">
      <p>
        You are impersonating{' '}
        <strong>
          <bdi>{displayName}</bdi>
        </strong>
        . You see and may do only what it can. Both names go into the audit log.
        {endsAt !== undefined && (
          <>
            {' '}
            It ends <When at={endsAt} />.
          </>
        )}
      </p>
      <form method="post" action={`${base}/impersonation/exit`}>
        <CsrfField />
        <button class="button small">Exit</button>
      </form>
    </aside>
  )
}

/** What the navigation leads to, and which permission shows that there is something to see. */
const sections: readonly {
  readonly heading: string
  readonly links: readonly {
    readonly label: string
    readonly icon: IconName
    readonly to: (visit: Visit) => string
    readonly takes?: Permission | 'superadmin' | 'files'
  }[]
}[] = [
  {
    heading: 'Administration',
    links: [{ label: 'Overview', icon: 'home', to: ({ base }) => `${base}/` }],
  },
  {
    heading: 'IAM',
    links: [
      {
        label: 'Service accounts',
        icon: 'bot',
        to: (visit) => at(visit, 'iam', 'service-accounts'),
        takes: 'SERVICE_ACCOUNT:LIST',
      },
      { label: 'Users', icon: 'user', to: (visit) => at(visit, 'iam', 'users'), takes: 'USER:LIST' },
      { label: 'Groups', icon: 'users', to: (visit) => at(visit, 'iam', 'groups'), takes: 'GROUP:LIST' },
      { label: 'Roles', icon: 'shield', to: (visit) => at(visit, 'iam', 'roles'), takes: 'ROLE:LIST' },
      { label: 'Bindings', icon: 'link', to: (visit) => at(visit, 'iam', 'bindings'), takes: 'BINDING:LIST' },
      { label: 'Access explorer', icon: 'eye', to: (visit) => at(visit, 'iam', 'access') },
    ],
  },
  {
    heading: 'Governance',
    links: [
      { label: 'Namespaces', icon: 'folder', to: (visit) => at(visit, 'namespaces'), takes: 'files' },
      { label: 'Audit log', icon: 'list', to: (visit) => at(visit, 'iam', 'audit'), takes: 'AUDITLOG:LIST' },
      { label: 'Settings', icon: 'sliders', to: ({ base }) => `${base}/settings`, takes: 'superadmin' },
    ],
  },
]

function Rail() {
  const visit = useVisit()
  const { base, path } = visit
  const isHere = (href: string) =>
    href === `${base}/`
      ? path === href
      : path === href || path.startsWith(`${href}/`) || path.startsWith(`${href}?`)
  return (
    <header class="rail">
      <a class="brand" href={`${base}/`}>
        <Mark /> Postern
      </a>
      <button type="button" class="button small drawer-button" popovertarget="menu">
        Menu
      </button>
      <div class="drawer" id="menu" popover="auto">
        <Tenant />
        <nav class="nav" aria-label="Main">
          {sections.map(({ heading, links }) => (
            <div>
              <h2>{heading}</h2>
              {links
                .filter(({ takes }) => takes === undefined || isOpen(visit, takes))
                .map(({ label, icon, to }) => (
                  <a href={to(visit)} aria-current={isHere(to(visit)) ? 'page' : undefined}>
                    <Icon name={icon} />
                    {label}
                  </a>
                ))}
            </div>
          ))}
        </nav>
        <You />
      </div>
    </header>
  )
}

function isOpen(visit: Visit, takes: Permission | 'superadmin' | 'files'): boolean {
  if (takes === 'files') return visit.hasFiles
  return takes === 'superadmin' ? visit.principal?.isSuperadmin === true : may(visit, takes)
}

function Tenant() {
  const { tenant, tenants, base } = useVisit()
  const label = (
    <>
      <span class="letter" aria-hidden="true">
        {tenant.slice(0, 1)}
      </span>
      <span class="words">
        <span>Tenant</span>
        <span>{tenant}</span>
      </span>
    </>
  )
  if (tenants.length < 2) {
    return (
      <div class="tenant">
        <p>{label}</p>
      </div>
    )
  }
  return (
    <details class="tenant">
      <summary>
        {label}
        <Icon name="updown" />
      </summary>
      <ul class="plain">
        {tenants.map((one) => (
          <li>
            <a href={`${base}/?tenant=${encodeURIComponent(one)}`}>{one}</a>
          </li>
        ))}
      </ul>
    </details>
  )
}

function You() {
  const { principal, displayName, base, theme, path } = useVisit()
  if (!principal) return null
  return (
    <div class="you">
      <a class="who" href={`${base}/me`}>
        <span class="face" aria-hidden="true">
          {initialsOf(displayName)}
        </span>
        <span class="names">
          <span>{displayName}</span>
          {principal.name !== displayName && <span>{principal.name}</span>}
        </span>
      </a>
      <div class="tools">
        <form class="themes" method="post" action={`${base}/preferences/theme`} aria-label="Theme">
          <CsrfField />
          <input type="hidden" name="back" value={path} />
          {(['system', 'light', 'dark'] as const).map((one) => (
            <button
              name="theme"
              value={one}
              aria-label={THEMES[one]}
              title={THEMES[one]}
              aria-pressed={(theme ?? 'system') === one ? 'true' : 'false'}
            >
              <Icon name={one} />
            </button>
          ))}
        </form>
        <form method="post" action={`${base}/sign-out`}>
          <CsrfField />
          <button class="link-button">Sign out</button>
        </form>
      </div>
    </div>
  )
}

/** One or two letters for the round badge. */
const initialsOf = (name: string): string =>
  name
    .split(/[\s@._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('')

const THEMES = { system: 'As the system has it', light: 'Light', dark: 'Dark' }

/**
 * Kestra's clients look for this element letter by letter, so it is written by hand. The token is base64url, which
 * needs no escaping.
 */
function CsrfMeta() {
  const { csrfToken } = useVisit()
  return csrfToken === '' ? null : raw(`<meta name="csrf-token" content="${csrfToken}">`)
}
