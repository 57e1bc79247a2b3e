/** Ways back in, for whoever holds the Cloudflare account: each takes a SETUP_TOKEN that was set for it. */

import { RecoverAdministrator } from '../../../shared/wire/recovery.ts'
import { User } from '../../../shared/wire/user.ts'
import { recoverAdministrator } from '../../accounts/recover.ts'
import { readUser } from '../../accounts/users.ts'
import { answer, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { anyone, route } from '../route.ts'
import { toWireUser } from './users.ts'

export const recoveryRoutes = [
  route({
    method: 'POST',
    path: '/api/v1/recovery/administrator',
    summary: 'Make a superadmin when none can sign in; takes a SETUP_TOKEN that was not used before',
    access: anyone,
    body: jsonBody(RecoverAdministrator),
    answers: { 200: User },
    handle: async ({ edge: { db, keys, setupToken }, body, context }) => {
      const recovered = await recoverAdministrator(db, keys, setupToken, body, context)
      if (!recovered.ok) return recovered.error
      return answer(await readUser(db, recovered.value.id), (user) => json(200, toWireUser(user)))
    },
  }),
]
