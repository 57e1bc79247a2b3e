/**
 * What a migration must not do, so that the version before it goes on working: that one serves while the migration is
 * applied, and again after a roll-back.
 *
 * A new column has a default or may be null. What nothing reads any more goes in a later release, and its migration
 * says so before the statement: `-- contract: <since when nothing reads it>`.
 */

const FORBIDDEN: readonly { readonly pattern: RegExp; readonly because: string }[] = [
  { pattern: /^DROP (TABLE|VIEW)\b/i, because: 'the version before uses it' },
  { pattern: /^ALTER TABLE \S+ DROP\b/i, because: 'the version before uses it' },
  { pattern: /^ALTER TABLE \S+ RENAME\b/i, because: 'the version before knows the old name' },
  {
    pattern: /^ALTER TABLE \S+ ADD (?!.*\bDEFAULT (?!NULL)).*\bNOT NULL\b/i,
    because: 'the version before writes rows without it, so it needs a default',
  },
]

const CONTRACT = /^\s*-- contract: \S/m

/** @returns a sentence for each statement that breaks the rule */
export function findBreaks(migration: string): string[] {
  const statements = migration
    .replace(/--(?! contract: ).*$/gm, '')
    .split(';')
    .filter((statement) => !CONTRACT.test(statement))
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
  const created = new Set(
    statements.flatMap((one) => /^CREATE TABLE (?:IF NOT EXISTS )?(\S+)/i.exec(one)?.[1] ?? []),
  )
  return statements.flatMap((statement) => {
    const reasons = FORBIDDEN.filter(({ pattern }) => pattern.test(statement)).map(({ because }) => because)
    const [, table] = /^CREATE UNIQUE INDEX .*? ON (\S+)/i.exec(statement) ?? []
    if (table !== undefined && !created.has(table))
      reasons.push('the version before may write what it refuses')
    return reasons.map((because) => `${statement.slice(0, 100)}: ${because}`)
  })
}
