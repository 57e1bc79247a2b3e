/** Where leaked tokens are reported, by GitHub's secret scanning or by whoever found one. */

import * as v from 'valibot'
import { LeakLabels as Labels, type LeakLabels, LeakReport } from '../../../shared/wire/leaks.ts'
import { verifyPartnerSignature } from '../../federation/partner-signature.ts'
import { sha256Hex } from '../../files/store.ts'
import { revokeLeaked } from '../../tokens/leaks.ts'
import { json } from '../answer.ts'
import { signedJsonBody } from '../body.ts'
import { anyone, route } from '../route.ts'

export const leakRoutes = [
  route({
    method: 'POST',
    path: '/leaks',
    summary: 'Report leaked tokens, which are then revoked; GitHub signs its reports, others need not',
    // As with giving a token back: having it is right enough. What a signature proves is who reported it.
    access: anyone,
    headers: v.object({
      'github-public-key-identifier': v.optional(v.string()),
      'github-public-key-signature': v.optional(v.string()),
    }),
    body: signedJsonBody(LeakReport),
    answers: { 200: Labels },
    handle: async ({ edge, verification, headers, body: { bytes, value: leaks }, context, now }) => {
      const keyIdentifier = headers['github-public-key-identifier']
      const signature = headers['github-public-key-signature']
      const isSigned = keyIdentifier !== undefined || signature !== undefined
      if (isSigned) {
        const signed = { keyIdentifier: keyIdentifier ?? '', signature: signature ?? '' }
        const verified = await verifyPartnerSignature(edge.partnerKeys, bytes, signed, now)
        if (!verified.ok) return verified.error
      }
      const reporter = isSigned ? 'GITHUB' : 'ANYONE'
      const revoked = await revokeLeaked(edge.db, verification, leaks, reporter, context)
      if (!revoked.ok) return revoked.error
      const labels = leaks.map(
        async ({ token, type }, index): Promise<LeakLabels[number]> => ({
          token_hash: await sha256Hex(new TextEncoder().encode(token)),
          token_type: type,
          label: revoked.value[index] ? 'true_positive' : 'false_positive',
        }),
      )
      return json(200, await Promise.all(labels))
    },
  }),
]
