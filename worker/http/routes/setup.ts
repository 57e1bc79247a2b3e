/** First run. Open to anyone who has the SETUP_TOKEN, and only while there is no account. */

import { SetupRequest, SetupState } from '../../../shared/wire/setup.ts'
import { User } from '../../../shared/wire/user.ts'
import { isSetUp, setUp } from '../../accounts/setup.ts'
import { readUser } from '../../accounts/users.ts'
import { answer, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { anyone, route } from '../route.ts'
import { toWireUser } from './users.ts'

const path = '/api/v1/setup'

export const setupRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'Whether set-up is done: 200 while it is not, 405 afterwards',
    access: anyone,
    answers: { 200: SetupState, 405: SetupState },
    handle: async ({ edge }) =>
      (await isSetUp(edge.db)) ? json(405, { done: true }) : json(200, { done: false }),
  }),
  route({
    method: 'POST',
    path,
    summary: 'Create the first administrator, the first tenant and its roles',
    access: anyone,
    body: jsonBody(SetupRequest),
    answers: { 200: User },
    handle: async ({ edge, verification, body, address: { origin }, context }) => {
      await verification.records.refresh()
      const done = await setUp(edge.db, edge.keys, edge.setupPolicy, body, origin, context)
      if (!done.ok) return done.error
      return answer(await readUser(edge.db, done.value.id), (user) => json(200, toWireUser(user)))
    },
  }),
]
