/** Error bodies. `message` is what Kestra's clients print; `code` is what programs should look at. */

import * as v from 'valibot'

/** Under `/api/v1`: Kestra's shape, with a stable code, a sentence of advice and the request id beside it. */
export const ApiError = v.object({
  message: v.string(),
  code: v.string(),
  detail: v.optional(v.string()),
  requestId: v.string(),
  _links: v.object({ self: v.array(v.object({ href: v.string(), templated: v.boolean() })) }),
  _embedded: v.optional(
    v.object({ errors: v.array(v.object({ message: v.string(), path: v.optional(v.string()) })) }),
  ),
})
export type ApiError = v.InferOutput<typeof ApiError>

/** Under `/oauth`: RFC 6749 §5.2, with the same code and request id. */
export const OauthError = v.object({
  error: v.string(),
  error_description: v.string(),
  code: v.string(),
  /** The claim of an assertion that a trust policy for its own repository did not find as it wants it. */
  failing_claim: v.optional(v.string()),
  requestId: v.string(),
})
export type OauthError = v.InferOutput<typeof OauthError>
