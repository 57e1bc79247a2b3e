/** Forward auth: may the bearer do this? One question in the URL, or many in a body. */

import * as v from 'valibot'
import { NamespaceId, TenantId } from '../names.ts'
import { isPermission } from '../permissions.ts'

/** Questions in one body; each is answered from what the credential's one verification found. */
export const MAX_QUESTIONS = 100

const PermissionName = v.pipe(v.string(), v.guard(isPermission, 'must be a permission such as FLOW:EXECUTE'))

/** Without a namespace it asks for the right in the whole tenant. */
const place = { tenant: v.optional(TenantId, 'main'), namespace: v.exactOptional(NamespaceId) }

export const Question = v.object({ permission: PermissionName, ...place })
export type Question = v.InferOutput<typeof Question>

/** Of a request that may as well have its questions in the body. */
export const OneQuestion = v.object({ permission: v.optional(PermissionName), ...place })

export const VerifyRequest = v.object({
  questions: v.pipe(
    v.array(v.unknown()),
    v.maxLength(MAX_QUESTIONS, `must be at most ${MAX_QUESTIONS}`),
    v.array(Question),
  ),
})

export const VerifyResponse = v.object({
  account: v.object({ id: v.string(), name: v.string() }),
  /** In the order of the questions. */
  verdicts: v.array(v.object({ ...Question.entries, allowed: v.boolean() })),
})
export type VerifyResponse = v.InferOutput<typeof VerifyResponse>
