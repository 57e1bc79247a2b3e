/** What Cloudflare's button reads: https://developers.cloudflare.com/workers/platform/deploy-buttons/ */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { experimental_readRawConfig as readRawConfig } from 'wrangler'
import { CONFIG, ROOT } from '../../scripts/wrangler.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const { scripts, cloudflare } = JSON.parse(read('package.json'))
const { rawConfig } = readRawConfig({ config: CONFIG })
const secrets = parseEnv(read('.dev.vars.example'))

describe('the button', () => {
  it('asks for every secret that the worker needs, with none that could be left as it is', () => {
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining(rawConfig.secrets?.required ?? ['?']))
    expect(Object.values(secrets)).toEqual(['', ''])
  })

  it('describes secrets and resources, and nothing that is not there', () => {
    const { d1_databases = [], kv_namespaces = [], r2_buckets = [] } = rawConfig
    const bindings = [...d1_databases, ...kv_namespaces, ...r2_buckets].map(
      ({ binding }: { binding: string }) => binding,
    )
    expect(Object.keys(cloudflare.bindings).sort()).toEqual([...Object.keys(secrets), ...bindings].sort())
  })

  it('finds what it builds and deploys with', () => {
    expect(scripts).toMatchObject({ build: expect.any(String), deploy: expect.any(String) })
    expect(read('README.md')).toMatch(
      /\[!\[Deploy to Cloudflare\]\(https:\/\/deploy\.workers\.cloudflare\.com\/button\)\]\(https:\/\/deploy\.workers\.cloudflare\.com\/\?url=https:\/\/github\.com\/\S+\)/,
    )
  })
})
