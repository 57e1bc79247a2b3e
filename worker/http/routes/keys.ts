/** The keys behind Postern's own tokens: the instance's business. */

import { toDateTime } from '../../../shared/wire/common.ts'
import {
  MasterKeyState,
  RotateSigningKeys,
  type SigningKey,
  SigningKeyList,
} from '../../../shared/wire/keys.ts'
import { readMasterKeyState, resealSigningKeys } from '../../accounts/master-key.ts'
import { rotateSigningKeys } from '../../tokens/rotation.ts'
import { listSigningKeys, type SigningKeyRow } from '../../tokens/signing-keys.ts'
import { json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { route, superadmin } from '../route.ts'

export const keyRoutes = [
  route({
    method: 'GET',
    path: '/api/v1/signing-keys',
    summary: 'List the keys that sign access tokens, without the keys themselves',
    access: superadmin,
    answers: { 200: SigningKeyList },
    handle: async ({ edge }) => json(200, toWire(await listSigningKeys(edge.db))),
  }),
  route({
    method: 'POST',
    path: '/api/v1/signing-keys/rotate',
    summary: 'Take the next step to a new signing key, or all steps at once',
    access: superadmin,
    body: jsonBody(RotateSigningKeys),
    answers: { 200: SigningKeyList },
    handle: async ({ edge: { db, keys, copies }, principal, body }) => {
      const haste = { isWanted: true, isNow: body.now ?? false, isDropping: body.drop ?? false }
      return json(200, toWire(await rotateSigningKeys(db, keys, copies, principal, haste)))
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/master-key',
    summary: 'How much still hangs on the MASTER_KEY before this one',
    access: superadmin,
    answers: { 200: MasterKeyState },
    handle: async ({ edge, now }) => json(200, await readMasterKeyState(edge.db, edge.keys, now)),
  }),
  route({
    method: 'POST',
    path: '/api/v1/master-key/reseal',
    summary: 'Seal the signing keys under the MASTER_KEY of now; cron does the same every hour',
    access: superadmin,
    answers: { 200: MasterKeyState },
    handle: async ({ edge, principal, now }) => {
      await resealSigningKeys(edge.db, edge.keys, principal)
      return json(200, await readMasterKeyState(edge.db, edge.keys, now))
    },
  }),
]

function toWire(rows: readonly SigningKeyRow[]) {
  const results = rows.map(
    ({ kid, state, since, createdAt }): SigningKey => ({
      kid,
      state,
      since: toDateTime(since),
      createdAt: toDateTime(createdAt),
    }),
  )
  return { results, total: results.length }
}
