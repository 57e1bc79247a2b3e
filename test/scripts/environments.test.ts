/** The environments of wrangler.jsonc, of which none inherits bindings. */

import { describe, expect, it } from 'vitest'
import { experimental_readRawConfig as readRawConfig } from 'wrangler'
import { CONFIG } from '../../scripts/wrangler.ts'

const { rawConfig } = readRawConfig({ config: CONFIG })
const { env, ...top } = rawConfig as Record<string, unknown> & {
  env: Record<string, Record<string, unknown>>
}

/** What an environment inherits, for all that wrangler says of it. */
const INHERITED = [
  '$schema',
  'name',
  'main',
  'compatibility_date',
  'compatibility_flags',
  'observability',
  'triggers',
  'rules',
]
/** What names something in the account, which two environments must not share. */
const OWN = ['database_name', 'bucket_name', 'namespace_id']

const bindings = Object.entries(top).filter(([key]) => !INHERITED.includes(key))
const withoutOwn = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner) => (OWN.includes(key) ? undefined : inner))
const readOwn = (value: unknown): unknown[] => {
  const found: unknown[] = []
  JSON.stringify(value, (key, inner) => {
    if (OWN.includes(key)) found.push(`${key} ${inner}`)
    return inner
  })
  return found
}

describe('an environment', () => {
  it.each(Object.keys(env))('binds all that the worker needs: %s', (name) => {
    expect(withoutOwn(env[name])).toEqual(withoutOwn(Object.fromEntries(bindings)))
  })

  it('shares nothing with another', () => {
    const own = [top, ...Object.values(env)].flatMap(readOwn)
    expect(own).toHaveLength(3 * OWN.length)
    expect(new Set(own).size).toBe(own.length)
  })
})
