/** Where Cloudflare enters: reads the environment once, opens the edge, hands requests to the application. */

import { resealSigningKeys } from './accounts/master-key.ts'
import { createApp } from './app.ts'
import type { Edge } from './edge.ts'
import { createIssuerKeys } from './federation/issuer-keys.ts'
import { json } from './http/answer.ts'
import { readSettings } from './settings.ts'
import { openContents } from './storage/contents.ts'
import { openCopies } from './storage/copies.ts'
import { openDatabase } from './storage/database.ts'
import { deriveKeys } from './tokens/keys.ts'
import { rotateSigningKeys } from './tokens/rotation.ts'

const app = createApp()

/** Lives as long as the isolate. Only the opened value is shared: one request must not wait for another's promise. */
let opened: Edge | undefined

async function openEdge(env: Env): Promise<Edge> {
  const { masterKey, previousMasterKey, setupPolicy } = readSettings(env)
  const copies = openCopies(env.COPIES)
  return {
    db: openDatabase(env.DB),
    contents: openContents(env.CONTENTS),
    copies,
    keys: await deriveKeys(masterKey, previousMasterKey),
    issuerKeys: createIssuerKeys((...request) => fetch(...request), copies),
    setupPolicy,
  }
}

export default {
  async fetch(request, env, context) {
    try {
      opened ??= await openEdge(env)
    } catch (error) {
      // Closed rather than half open: without its settings nothing here can be trusted.
      console.error(
        JSON.stringify({ level: 'error', error: error instanceof Error ? error.message : String(error) }),
      )
      return json(503, {
        message: 'Postern is not configured. Its log says what is missing.',
        code: 'not_configured',
      })
    }
    return app.fetch(request, opened, context)
  },

  async scheduled({ scheduledTime }, env) {
    opened ??= await openEdge(env)
    const { db, keys, copies } = opened
    const cron = { accountId: 'cron', name: 'cron', requestId: crypto.randomUUID(), now: scheduledTime }
    await resealSigningKeys(db, keys, cron)
    await rotateSigningKeys(db, keys, copies, cron)
  },
} satisfies ExportedHandler<Env>
