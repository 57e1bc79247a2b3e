/** The cron event of the sweep, as Cloudflare sends it. */

import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import worker from '../../../worker/index.ts'

export const sweepIn = (ms: number): Promise<void> =>
  worker.scheduled(
    createScheduledController({ cron: '17 3 * * *', scheduledTime: new Date(Date.now() + ms) }),
    env,
  )
