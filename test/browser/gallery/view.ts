/** One thing to look at: a page in one of its states. */

import type { Page } from 'playwright-core'

export interface GalleryView {
  /** Names its picture too: lower-case letters and hyphens. */
  readonly name: string
  /** Nobody is signed in; else the first administrator is. */
  readonly isSignedOut?: boolean
  /** Who looks instead, by the cookie of a session. */
  readonly session?: () => Promise<string>
  readonly path: string | (() => Promise<string>)
  /** Of its answer, where that is not 200. */
  readonly status?: number
  /** What to do there first. */
  readonly prepare?: (page: Page) => Promise<void>
}
