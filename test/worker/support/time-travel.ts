/** D1 put back to an earlier state, as Time Travel does: everything in it at once, and nothing outside of it. */

import { env } from 'cloudflare:workers'

type Rows = Array<Record<string, unknown>>

/** @returns what puts D1 back to this moment */
export async function bookmark(): Promise<() => Promise<void>> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT IN ('numbers', 'd1_migrations', 'sqlite_sequence')",
  ).all<{ name: string }>()
  const tables = await Promise.all(
    [...results.map(({ name }) => name), 'sqlite_sequence'].map(async (name) => {
      const { results: rows } = await env.DB.prepare(`SELECT * FROM ${name}`).all()
      return { name, rows: rows as Rows }
    }),
  )
  const triggers = await env.DB.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all<{
    name: string
    sql: string
  }>()
  return async () => {
    await env.DB.batch([
      env.DB.prepare('PRAGMA defer_foreign_keys = on'),
      // They would take part in what is no change.
      ...triggers.results.map(({ name }) => env.DB.prepare(`DROP TRIGGER ${name}`)),
      ...tables.map(({ name }) => env.DB.prepare(`DELETE FROM ${name}`)),
      ...tables.flatMap(({ name, rows }) => rows.map((row) => insert(name, row))),
      ...triggers.results.map(({ sql }) => env.DB.prepare(sql)),
    ])
  }
}

function insert(table: string, row: Record<string, unknown>): D1PreparedStatement {
  const names = Object.keys(row)
  const values = Object.values(row).map((value) =>
    Array.isArray(value) ? new Uint8Array(value as number[]) : value,
  )
  const marks = names.map(() => '?').join()
  return env.DB.prepare(
    `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join()}) VALUES (${marks})`,
  ).bind(...values)
}
