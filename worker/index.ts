/** Where Cloudflare enters: reads the environment once, opens the edge, hands requests to the application. */

import { createBasic } from './accounts/basic.ts'
import { resealSigningKeys } from './accounts/master-key.ts'
import { createApp } from './app.ts'
import { findNewestSeal } from './audit/seal.ts'
import { sealAuditLog } from './audit/seal-audit-log.ts'
import { sweepRecords } from './audit/sweep.ts'
import type { Edge } from './edge.ts'
import { createIssuerKeys } from './federation/issuer-keys.ts'
import { createPartnerKeys } from './federation/partner-signature.ts'
import { sweepFiles } from './files/sweep.ts'
import { openKestra } from './gateway/kestra.ts'
import { json } from './http/answer.ts'
import { readSettings } from './settings.ts'
import { deleteChangesBefore } from './storage/changes.ts'
import { openContents } from './storage/contents.ts'
import { countCopies, openCopies } from './storage/copies.ts'
import { openDatabase, writeOrThrow } from './storage/database.ts'
import { openHighWater } from './storage/high-water.ts'
import { openLimiter } from './storage/limiter.ts'
import { openSeals } from './storage/seals.ts'
import { countRoundTrips } from './storage/traffic.ts'
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts'
import { deriveKeys } from './tokens/keys.ts'
import { rotateSigningKeys } from './tokens/rotation.ts'
import { createVerifier } from './tokens/verifier.ts'

/** Bound by who wants them: not in wrangler.jsonc, where a binding without its resource would stop a deployment. */
interface OptionalBindings {
  /** Workers Analytics Engine. */
  readonly METRICS?: Telemetry['dataset']
}

/** Lives as long as the isolate. Only the opened value is shared: one request must not wait for another's promise. */
let opened: Opened | undefined

interface Opened {
  readonly edge: Edge
  readonly app: ReturnType<typeof createApp>
}

/** As in wrangler.jsonc: once a day what nobody needs any more goes, which takes a look at every content. */
const DAILY = '17 3 * * *'

/** D1 can be put back by 30 days at most (Time Travel). */
const CHANGES_RESTORABLE_MS = 35 * 86_400_000

/** Whoever slept longer starts again with nothing. Copies in KV live no longer than this. */
const CHANGES_KEPT_MS = 86_400_000

async function open(env: Env): Promise<Opened> {
  const edge = await openEdge(env)
  return { edge, app: createApp(edge) }
}

export async function openEdge(env: Env): Promise<Edge> {
  const { masterKey, previousMasterKey, kestra, logEvery, ...settings } = readSettings(env)
  const { maxStalenessMs, staleIfErrorMs } = settings
  const telemetry = createTelemetry(logEvery, (env as OptionalBindings).METRICS)
  const { traffic } = telemetry
  const highWater = openHighWater(env.CONTENTS)
  const db = openDatabase(
    countRoundTrips(env.DB, () => traffic.d1RoundTrips++),
    highWater.rise,
  )
  const copies = countCopies(openCopies(env.COPIES), traffic)
  const keys = await deriveKeys(masterKey, previousMasterKey)
  const send: typeof fetch = (...request) => fetch(...request)
  const limiter = env.GUESSES && openLimiter(env.GUESSES)
  return {
    db,
    contents: openContents(env.CONTENTS),
    copies,
    highWater,
    seals: openSeals(env.CONTENTS),
    keys,
    issuerKeys: createIssuerKeys(send, copies),
    partnerKeys: createPartnerKeys(send, copies),
    verifier: createVerifier({
      db,
      copies,
      keys,
      highWater,
      maxStalenessMs,
      staleIfErrorMs,
      limiter,
      traffic,
    }),
    basic: await createBasic(db, keys, maxStalenessMs),
    kestra: kestra && openKestra(kestra, send),
    telemetry,
    ...settings,
  }
}

export default {
  async fetch(request, env, context) {
    try {
      opened ??= await open(env)
    } catch (error) {
      // Closed rather than half open: without its settings nothing here can be trusted.
      console.error(
        JSON.stringify({ level: 'error', error: error instanceof Error ? error.message : String(error) }),
      )
      return json(503, {
        message: 'Postern is not configured. Its log says what is missing.',
        code: 'not_configured',
      }).toResponse()
    }
    return opened.app.fetch(request, opened.edge, context)
  },

  async scheduled({ scheduledTime, cron }, env) {
    opened ??= await open(env)
    const { edge } = opened
    const { db, keys, copies, verifier } = edge
    // Not on a database that was put back and not confirmed: what is done there would be lost among what was.
    await verifier
      .begin({ isStrict: true, waitUntil: () => undefined, ipAddress: undefined })
      .records.refresh()
    if (cron === DAILY) return sweep(edge, scheduledTime)
    const upkeep = { accountId: 'cron', name: 'cron', requestId: crypto.randomUUID(), now: scheduledTime }
    await resealSigningKeys(db, keys, upkeep)
    await rotateSigningKeys(db, keys, copies, upkeep)
    await writeOrThrow(db, [deleteChangesBefore(scheduledTime - CHANGES_KEPT_MS)])
    // The last, for what the upkeep recorded to be in it.
    await sealAuditLog(edge, scheduledTime)
  },
} satisfies ExportedHandler<Env>

async function sweep(edge: Edge, now: number): Promise<void> {
  await sweepFiles(edge, now)
  const { seal } = await findNewestSeal(edge.seals, edge.keys)
  await sweepRecords(edge.db, seal?.sweptBefore ?? 0, now)
  await edge.highWater.forget(now - CHANGES_RESTORABLE_MS)
}
