import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FAILURES, Failure } from '../../action/failure.ts'
import { formatBytes } from '../../action/format.ts'
import {
  type Report,
  toAnnotations,
  toComment,
  toFailureSummary,
  toLog,
  toOutputs,
  toSummary,
} from '../../action/report.ts'
import type { FileChange } from '../../shared/folder-diff.ts'
import { decodeEntities } from '../support/secrets.ts'

const CHANGES: FileChange[] = [
  { kind: 'create', path: 'a/new.py', size: 18_200 },
  { kind: 'update', path: 'b.py', size: 2_000, previousSize: 512 },
  { kind: 'delete', path: 'c.py', previousSize: 4_000_000 },
]

function reportOf(changes: FileChange[], overrides: Partial<Report> = {}): Report {
  return {
    plan: { etag: '"1"', changes, unchanged: 1_140, missing: [] },
    deploymentId: 'd1',
    namespace: 'company.team',
    root: '/scripts',
    isDryRun: false,
    kept: 0,
    isStale: false,
    sentBytes: 20_200,
    requests: 4,
    durationMs: 912,
    ...overrides,
  }
}

const created = (count: number): FileChange[] =>
  Array.from({ length: count }, (_, index) => ({ kind: 'create', path: `f${index}`, size: 1 }))

describe('toLog', () => {
  it('lists the changes, then says what came of them', () => {
    expect(toLog(reportOf(CHANGES))).toEqual([
      '+ a/new.py (18.2 KB)',
      '~ b.py (512 B → 2.0 KB)',
      '- c.py (4.0 MB)',
      'Deployed to company.team, folder /scripts',
      '1 created, 1 updated, 1 deleted, 1,140 unchanged · 20.2 KB sent · 4 requests · 0.9 s',
    ])
  })

  it.each([
    [reportOf([]), 'Nothing to change in company.team, folder /scripts'],
    [reportOf([], { isDryRun: true }), 'Nothing to change in company.team, folder /scripts'],
    [reportOf(CHANGES, { isDryRun: true }), 'Dry run: nothing was written to company.team, folder /scripts'],
  ])('has another heading when nothing was written', (report, heading) => {
    expect(toLog(report)).toContain(heading)
  })

  it('ends the list after 200 changes', () => {
    const lines = toLog(reportOf(created(1_234)))
    expect(lines).toHaveLength(203)
    expect(lines[200]).toBe('… and 1,034 more')
  })
})

describe('toSummary', () => {
  it('is a heading, a line of counts and a table', () => {
    expect(
      toSummary(reportOf(CHANGES)),
    ).toBe(`## Deployed to <code>company&#46;team</code>, folder <code>/scripts</code>

1 created, 1 updated, 1 deleted, 1,140 unchanged · 20.2 KB sent · 4 requests · 0.9 s

| Change | File | Size |
| --- | --- | --- |
| created | <code>a/new&#46;py</code> | 18.2 KB |
| updated | <code>b&#46;py</code> | 512 B → 2.0 KB |
| deleted | <code>c&#46;py</code> | 4.0 MB |

`)
  })

  it('has no table when there is nothing to change', () => {
    expect(toSummary(reportOf([]))).not.toContain('|')
  })

  it('ends the table after 200 changes', () => {
    const summary = toSummary(reportOf(created(201)))
    expect(summary.match(/^\| created/gm)).toHaveLength(200)
    expect(summary).toContain('\n\n… and 1 more')
  })

  it('has three cells in each row whatever the names are', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'|\\`<>\n\r@#[](): a&;*_~\u2028\u202e') })
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (names) => {
        const summary = toSummary(reportOf(names.map((path) => ({ kind: 'create', path, size: 1 }))))
        const rows = summary.split(/[\n\r\u2028]/).filter((line) => line.startsWith('| created'))
        expect(rows).toHaveLength(names.length)
        for (const row of rows)
          expect(row).toMatch(/^\| created \| <code>[^<>|`@[\]*_~\\]*<\/code> \| 1 B \|$/)
      }),
    )
  })
})

describe('toOutputs', () => {
  it('counts, and has the changes as JSON', () => {
    expect(toOutputs([reportOf(CHANGES)])).toEqual({
      changed: 'true',
      created: '1',
      updated: '1',
      deleted: '1',
      unchanged: '1140',
      deployment: 'd1',
      plan: JSON.stringify(CHANGES),
    })
  })

  it('has no deployment when nothing was written', () => {
    expect(toOutputs([reportOf([], { deploymentId: undefined })])).toMatchObject({
      changed: 'false',
      deployment: '',
      plan: '[]',
    })
  })

  it('leaves out a plan that GitHub would not carry', () => {
    expect(toOutputs([reportOf(created(10_000))]).plan).toBe('')
  })

  it('adds up several targets, and says of each change where it belongs', () => {
    const other = reportOf([{ kind: 'create', path: 'x', size: 1 }], {
      namespace: 'company.other',
      root: '/',
      deploymentId: 'd2',
    })
    const outputs = toOutputs([reportOf(CHANGES), other])
    expect(outputs).toMatchObject({ created: '2', updated: '1', unchanged: '2280', deployment: 'd1 d2' })
    expect(JSON.parse(outputs.plan ?? '')).toEqual([
      ...CHANGES.map((change) => ({ namespace: 'company.team', root: '/scripts', ...change })),
      { namespace: 'company.other', root: '/', kind: 'create', path: 'x', size: 1 },
    ])
  })
})

describe('a failure', () => {
  const files = Array.from({ length: 12 }, (_, index) => ({ file: `d/${index}`, problem: 'is a | pipe' }))
  const failure = new Failure('POSTERN-204', {
    what: '12 files cannot be deployed.',
    fix: 'Ask @octocat.',
    files,
  })

  it('annotates nine files and itself, which is all that GitHub keeps', () => {
    const annotations = toAnnotations(failure)
    expect(annotations).toHaveLength(10)
    expect(annotations[0]).toEqual({
      title: 'POSTERN-204: Files cannot be deployed',
      message: 'd/0 is a | pipe.',
      file: 'd/0',
    })
    expect(annotations[9]).toEqual({
      title: 'POSTERN-204: Files cannot be deployed',
      message: 'POSTERN-204: 12 files cannot be deployed. Ask @octocat.',
    })
  })

  it('is summed up with all of its files, and mentions nobody', () => {
    const summary = toFailureSummary(failure)
    expect(summary).toMatch(/^## Failed: Files cannot be deployed \(POSTERN-204\)$/m)
    expect(summary.match(/^- <code>/gm)).toHaveLength(12)
    expect(summary).not.toMatch(/[@|]/)
  })

  it('shows lines to copy apart, and none of them can end the block or say anything else', () => {
    const block = '{ "a": 1 }\n</pre><b>@octocat</b>\n::error::x'
    const summary = toFailureSummary(new Failure('POSTERN-111', { what: 'A.', fix: 'B.', block }))
    const [, inner = ''] = /^<pre>(.*)<\/pre>$/m.exec(summary) ?? []
    expect(inner).not.toMatch(/[<>@:]/)
    expect(decodeEntities(inner)).toBe(block)
  })

  it('has a section in docs/errors.md for each of its codes, and none besides', async () => {
    const sections = (await readFile('docs/errors.md', 'utf8')).matchAll(/^### (POSTERN-\d{3}): (.*)$/gm)
    expect([...sections].map(([, code, title]) => [code, title])).toEqual(Object.entries(FAILURES))
  })
})

describe('a run that wrote nothing although something differs', () => {
  it('says that a newer one was there before', () => {
    expect(toLog(reportOf(CHANGES, { isStale: true }))).toContain(
      'A newer run was there before: nothing was written to company.team, folder /scripts',
    )
  })
})

describe('files that were protected or taken over', () => {
  it('are counted', () => {
    const lines = toLog(reportOf([], { kept: 2, plan: { ...reportOf([]).plan, adopted: 3 } }))
    expect(lines[0]).toBe('Took over 3 files in company.team, folder /scripts')
    expect(lines[1]).toMatch(/1,140 unchanged, 2 protected · /)
  })
})

describe('toComment', () => {
  it('keeps below what GitHub takes, however many files and targets there are', () => {
    const long = Array.from({ length: 300 }, (_, index) => ({
      kind: 'create' as const,
      path: `${'é.@'.repeat(200)}${index}`,
      size: 1,
    }))
    const comment = toComment([reportOf(long), reportOf(long), reportOf(long)])
    expect(comment.length).toBeLessThan(65_536)
    expect(comment).not.toContain('@')
    expect(comment.match(/… and \d+ more/g)).toHaveLength(3)
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 KB'],
    [999_949, '999.9 KB'],
    [999_950, '1.0 MB'],
    [16_777_216, '16.8 MB'],
  ])('writes %i as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
