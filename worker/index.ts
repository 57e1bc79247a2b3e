/** Where Cloudflare enters: reads the environment once, opens the edge, hands requests to the application. */

import { createBasic } from './accounts/basic.ts'
import { resealSigningKeys } from './accounts/master-key.ts'
import { createApp } from './app.ts'
import type { Edge } from './edge.ts'
import { createIssuerKeys } from './federation/issuer-keys.ts'
import { sweepFiles } from './files/sweep.ts'
import { json } from './http/answer.ts'
import { readSettings } from './settings.ts'
import { deleteChangesBefore } from './storage/changes.ts'
import { openContents } from './storage/contents.ts'
import { openCopies } from './storage/copies.ts'
import { openDatabase, writeOrThrow } from './storage/database.ts'
import { openLimiter } from './storage/limiter.ts'
import { deriveKeys } from './tokens/keys.ts'
import { rotateSigningKeys } from './tokens/rotation.ts'
import { createVerifier } from './tokens/verifier.ts'

const app = createApp()

/** Lives as long as the isolate. Only the opened value is shared: one request must not wait for another's promise. */
let opened: Edge | undefined

/** As in wrangler.jsonc: once a day what nobody needs any more goes, which takes a look at every content. */
const DAILY = '17 3 * * *'

/** Whoever slept longer starts again with nothing. Copies in KV live no longer than this. */
const CHANGES_KEPT_MS = 86_400_000

export async function openEdge(env: Env): Promise<Edge> {
  const { masterKey, previousMasterKey, setupPolicy, maxStalenessMs, staleIfErrorMs } = readSettings(env)
  const db = openDatabase(env.DB)
  const copies = openCopies(env.COPIES)
  const keys = await deriveKeys(masterKey, previousMasterKey)
  const limiter = env.GUESSES && openLimiter(env.GUESSES)
  return {
    db,
    contents: openContents(env.CONTENTS),
    copies,
    keys,
    issuerKeys: createIssuerKeys((...request) => fetch(...request), copies),
    verifier: createVerifier({ db, copies, keys, maxStalenessMs, staleIfErrorMs, limiter }),
    basic: await createBasic(db, keys, maxStalenessMs),
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

  async scheduled({ scheduledTime, cron }, env) {
    opened ??= await openEdge(env)
    if (cron === DAILY) return sweepFiles(opened, scheduledTime)
    const { db, keys, copies } = opened
    const upkeep = { accountId: 'cron', name: 'cron', requestId: crypto.randomUUID(), now: scheduledTime }
    await resealSigningKeys(db, keys, upkeep)
    await rotateSigningKeys(db, keys, copies, upkeep)
    await writeOrThrow(db, [deleteChangesBefore(scheduledTime - CHANGES_KEPT_MS)])
  },
} satisfies ExportedHandler<Env>
