/** Tokens that were found where they should not be, in the form in which GitHub's secret scanning reports them. */

import * as v from 'valibot'

const Leak = v.object({
  token: v.pipe(v.string(), v.maxLength(8_192)),
  /** What the finder calls this kind of token. */
  type: v.pipe(v.string(), v.maxLength(200)),
  /** Where it was found. */
  url: v.optional(v.pipe(v.string(), v.maxLength(4_096)), ''),
  /** In what: `content`, `commit`, `issue_title` and so on. */
  source: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
})
export type Leak = v.InferOutput<typeof Leak>

export const LeakReport = v.pipe(v.array(Leak), v.minLength(1), v.maxLength(1_000))
export type LeakReport = v.InferOutput<typeof LeakReport>

/** What GitHub takes as feedback: what was a token of ours, told by its hash so that it is not written once more. */
export const LeakLabels = v.array(
  v.object({
    /** SHA-256 in hex. */
    token_hash: v.string(),
    token_type: v.string(),
    label: v.picklist(['true_positive', 'false_positive']),
  }),
)
export type LeakLabels = v.InferOutput<typeof LeakLabels>
