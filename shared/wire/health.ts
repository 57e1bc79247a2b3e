/** What is told to whoever watches whether Postern works. */

import * as v from 'valibot'

export const Health = v.object({ status: v.literal('up') })

export const Ready = v.object({
  status: v.picklist(['ready', 'not ready']),
  /** By what was looked at. */
  checks: v.object({ storage: v.boolean(), migrations: v.boolean(), masterKey: v.boolean() }),
})
export type Ready = v.InferOutput<typeof Ready>
