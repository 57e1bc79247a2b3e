/** Whether a worker that was just deployed serves: its settings are right, its database and its keys can be read. */

import { setTimeout as sleep } from 'node:timers/promises'

const CHECKS = [
  {
    path: '/api/v1/configs/login',
    says: 'settings and database',
    holds: (body: Answer) => typeof body.isBasicAuthInitialized === 'boolean',
  },
  { path: '/.well-known/jwks.json', says: 'signing keys', holds: (body: Answer) => Array.isArray(body.keys) },
  { path: '/openapi.json', says: 'the API', holds: (body: Answer) => body.info?.title === 'Postern' },
]

interface Answer {
  readonly isBasicAuthInitialized?: unknown
  readonly keys?: unknown
  readonly info?: { readonly title?: unknown }
}

export interface Patience {
  readonly tries: number
  readonly pauseMs: number
}

/** A new name is known everywhere, and has its certificate, after a minute or two. */
export const NEW_ADDRESS: Patience = { tries: 40, pauseMs: 3_000 }

/**
 * @param url without a trailing slash
 * @returns whether somebody has set it up
 * @throws {Error} with the last answer, when it does not serve
 */
export async function checkWorker(url: string, { tries, pauseMs }: Patience): Promise<{ isSetUp: boolean }> {
  for (let left = tries; ; left--) {
    try {
      const [login] = await Promise.all(CHECKS.map((check) => ask(url, check)))
      return { isSetUp: login?.isBasicAuthInitialized === true }
    } catch (error) {
      if (left <= 1) throw error
      await sleep(pauseMs)
    }
  }
}

async function ask(url: string, { path, says, holds }: (typeof CHECKS)[number]): Promise<Answer> {
  const response = await fetch(url + path, { redirect: 'manual', signal: AbortSignal.timeout(10_000) }).catch(
    (error: Error) => {
      throw new Error(`${says}: ${url}${path} cannot be reached (${describe(error)})`)
    },
  )
  const text = await response.text()
  const body = response.ok ? (parse(text) as Answer) : undefined
  if (body !== undefined && holds(body)) return body
  throw new Error(`${says}: ${url}${path} answered ${response.status} ${text.slice(0, 200)}`)
}

const describe = ({ message, cause }: Error) => (cause instanceof Error ? cause.message : message)

function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}
