/** How long the past is kept. `docs/limits.md` repeats it for those who use it. */

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What a file was before it changed, and so what a deployment did. */
export const HISTORY_DAYS = 90
export const HISTORY_MS = HISTORY_DAYS * DAY_MS

/** A content that no file has, since it was last sent. */
export const UNUSED_MS = DAY_MS
/** How soon before that a plan asks for it again, so that the commit still finds it. */
export const PLANNED_MS = HOUR_MS

/** Clocks differ: nothing is removed in the very moment in which somebody may still count on it. */
export const GRACE_MS = HOUR_MS
