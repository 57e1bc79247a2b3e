/**
 * `npm run deploy`: from an empty Cloudflare account, or an earlier version, to a worker that serves.
 *
 * `--env` names an environment of wrangler.jsonc, `--location` where a new database should lie; `--dry-run` does all
 * that needs no account. It asks nothing, so it also runs unattended.
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { deploy } from './deploy/cloudflare.ts'
import { rehearse } from './deploy/rehearsal.ts'
import { NEW_ADDRESS } from './deploy/smoke.ts'
import { readTarget } from './deploy/target.ts'
import { createWrangler, ROOT, WranglerFailure } from './wrangler.ts'

const { env } = process

// What stands before a `--` npm keeps to itself: this would be the real thing, and at the wrong place.
for (const name of ['env', 'dry_run']) {
  if (env[`npm_config_${name}`] !== undefined) end('Options come after a --: npm run deploy -- --dry-run')
}

try {
  const { values } = parseArgs({
    options: {
      env: { type: 'string', default: '' },
      location: { type: 'string' },
      'dry-run': { type: 'boolean' },
    },
  })
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  const deployment = {
    target: readTarget(values.env, env.WRANGLER_CI_OVERRIDE_NAME),
    wrangler: createWrangler(),
    release: version,
    location: values.location,
    patience: NEW_ADDRESS,
    env,
    say: console.log,
  }
  await (values['dry-run'] ? rehearse(deployment) : deploy(deployment))
} catch (error) {
  if (error instanceof WranglerFailure)
    end(`${error.message}\n\nWhen that is put right, run this again: it goes on from there.`)
  end(error instanceof Error ? error.message : String(error))
}

function end(reason: string): never {
  console.error(reason)
  process.exit(1)
}
