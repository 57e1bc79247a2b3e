/** Whether the worker runs, and whether it can do its work. Both say nothing that a stranger could use. */

import { Health, Ready } from '../../../shared/wire/health.ts'
import { readReadiness } from '../../tokens/readiness.ts'
import { json } from '../answer.ts'
import { anyone, route } from '../route.ts'

export const healthRoutes = [
  route({
    method: 'GET',
    path: '/health',
    summary: 'Whether the worker runs and is configured; asks nothing else',
    access: anyone,
    answers: { 200: Health },
    handle: async () => json(200, { status: 'up' }),
  }),
  route({
    method: 'GET',
    path: '/ready',
    summary: 'Whether D1 answers, has the tables that this version wants, and MASTER_KEY is the right one',
    access: anyone,
    answers: { 200: Ready, 503: Ready },
    handle: async ({ edge }) => {
      const checks = await readReadiness(edge.db, edge.keys)
      const isReady = Object.values(checks).every(Boolean)
      return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', checks } satisfies Ready, {
        ...(isReady ? {} : { 'Retry-After': '5' }),
      })
    },
  }),
]
