/** Acting as somebody else by a token. The header that does it for one request is read in `authenticate.ts`. */

import * as v from 'valibot'
import { Id, toDateTime } from '../../../shared/wire/common.ts'
import { ImpersonateRequest, Impersonation } from '../../../shared/wire/impersonation.ts'
import { displayNameOf } from '../../accounts/display-name.ts'
import { type Impersonation as Minted, mintImpersonation } from '../../tokens/impersonate.ts'
import { answer, json } from '../answer.ts'
import { optionalJsonBody } from '../body.ts'
import { route, superadmin } from '../route.ts'

export const impersonationRoutes = [
  route({
    method: 'POST',
    path: '/api/v1/users/:id/impersonate',
    summary: 'Get a token that acts as a user or service account for an hour',
    access: superadmin,
    params: v.object({ id: Id }),
    body: optionalJsonBody(ImpersonateRequest),
    answers: { 200: Impersonation },
    handle: async ({ edge, principal, params, body }) =>
      answer(
        await mintImpersonation(edge.db, edge.keys, principal, params.id, body?.reason ?? undefined),
        (minted) => json(200, toWire(minted, principal.now)),
      ),
  }),
]

const toWire = ({ account, token, fullToken }: Minted, now: number): Impersonation => ({
  token: fullToken,
  exp: toDateTime(token.expiresAt ?? now),
  user: {
    id: account.id,
    username: account.name,
    displayName: displayNameOf(account),
    type: account.kind === 'USER' ? 'STANDARD' : 'SERVICE_ACCOUNT',
  },
})
