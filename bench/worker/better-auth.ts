/** better-auth with its api-key plugin on D1, at its fastest: no limiter, its writes left for after the answer. */

import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { type Context, guarded, ORIGIN, type Row, randomText } from './row.ts'

export async function betterAuthRow(d1: D1Database): Promise<Row> {
  let current: Context | undefined
  const auth = betterAuth({
    baseURL: ORIGIN,
    secret: randomText(32),
    database: d1,
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    advanced: {
      backgroundTasks: { handler: (work: Promise<unknown>) => current?.waitUntil(work) },
    },
    plugins: [apiKey({ rateLimit: { enabled: false }, deferUpdates: true })],
  })
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  const { user } = await auth.api.signUpEmail({
    body: { email: 'one@bench.test', password: randomText(16), name: 'one' },
  })
  const { key } = await auth.api.createApiKey({ body: { userId: user.id, name: 'bench' } })
  const app = guarded(async (c, next) => {
    const presented = c.req.header('Authorization')?.slice('Bearer '.length) ?? ''
    const { valid } = await auth.api.verifyApiKey({ body: { key: presented } })
    if (!valid) return c.json({ message: 'Unauthorized' }, 401)
    return next()
  })
  return {
    name: 'better-auth, api-key plugin',
    group: 'peer',
    credential: () => key,
    fetch: (request, context) => {
      current = context
      return app.fetch(request)
    },
  }
}
