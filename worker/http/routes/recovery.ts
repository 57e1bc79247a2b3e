/** Ways back in, for whoever holds the Cloudflare account: each takes a SETUP_TOKEN that was set for it. */

import { ConfirmRestore, RecoverAdministrator, RestoreConfirmed } from '../../../shared/wire/recovery.ts'
import { User } from '../../../shared/wire/user.ts'
import { confirmRestore } from '../../accounts/confirm-restore.ts'
import { RECOVERY, recoverAdministrator } from '../../accounts/recover.ts'
import { readUser } from '../../accounts/users.ts'
import { rotateSigningKeys } from '../../tokens/rotation.ts'
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
    handle: async ({ edge: { db, keys, setupToken }, verification, body, context }) => {
      await verification.records.refresh()
      const recovered = await recoverAdministrator(db, keys, setupToken, body, context)
      if (!recovered.ok) return recovered.error
      return answer(await readUser(db, recovered.value.id), (user) => json(200, toWireUser(user)))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/recovery/restore',
    summary:
      'Open Postern after D1 was put back, and say what is to end; takes a SETUP_TOKEN that was not used before',
    access: anyone,
    body: jsonBody(ConfirmRestore),
    answers: { 200: RestoreConfirmed },
    handle: async ({ edge: { db, keys, highWater, copies, setupToken }, verification, body, context }) => {
      const confirmed = await confirmRestore(db, keys, highWater, setupToken, body, context)
      if (!confirmed.ok) return confirmed.error
      // One of the signing keys may have been ended.
      await rotateSigningKeys(db, keys, copies, { ...RECOVERY, ...context })
      verification.records.outdate()
      return json(200, confirmed.value)
    },
  }),
]
