/** The step that changes what is served. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ask } from './ask.ts'
import { type Secrets, withSecretsFile } from './secrets.ts'

interface Uploaded {
  readonly versionId: string
  /** Without a trailing slash; absent when only routes of a zone lead to the worker. */
  readonly address: string | undefined
}

export async function upload(ask: Ask, release: string, secrets: Secrets): Promise<Uploaded> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-deployed-'))
  try {
    const report = join(folder, 'report.ndjson')
    await withSecretsFile(secrets, (args) =>
      ask(`deploy --tag ${release} --message`, { more: [`Postern ${release}`, ...args], report }),
    )
    const lines = (await readFile(report, 'utf8')).trim().split('\n')
    const entries = lines.map((line) => JSON.parse(line) as Entry)
    const { version_id: versionId, targets = [] } = entries.find(({ type }) => type === 'deploy') ?? {}
    return { versionId: versionId ?? 'unknown', address: findAddress(targets) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A line of what wrangler writes to WRANGLER_OUTPUT_FILE_PATH. */
interface Entry {
  readonly type: string
  readonly version_id?: string | null
  readonly targets?: readonly string[]
}

/** Among what wrangler lists, which are also schedules and patterns of routes; a domain of one's own comes first. */
export function findAddress(targets: readonly string[]): string | undefined {
  const [domain] = targets.flatMap((target) => /^(\S+) \(custom domain/.exec(target)?.[1] ?? [])
  return domain === undefined ? targets.find((target) => /^https?:/.test(target)) : `https://${domain}`
}
