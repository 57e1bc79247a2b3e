/** A path as logs and records may keep it. */

/** Longer segments may be secrets, such as a webhook's key. */
const MAX_SHOWN_SEGMENT = 40

export const shownPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (segment.length > MAX_SHOWN_SEGMENT ? '…' : segment))
    .join('/')
