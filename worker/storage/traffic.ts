/** D1 as it is, with each round trip counted: a batch is one, and so is a statement that runs by itself. */

const RUNNING = ['all', 'first', 'raw', 'run'] as const

export function countRoundTrips(binding: D1Database, count: () => void): D1Database {
  const originals = new WeakMap<object, D1PreparedStatement>()

  function watch(statement: D1PreparedStatement): D1PreparedStatement {
    const running = RUNNING.map((method) => [
      method,
      (...args: unknown[]) => {
        count()
        return (statement[method] as (...args: unknown[]) => unknown).apply(statement, args)
      },
    ])
    const watched = {
      ...Object.fromEntries(running),
      bind: (...values: unknown[]) => watch(statement.bind(...values)),
    } as unknown as D1PreparedStatement
    originals.set(watched, statement)
    return watched
  }

  return {
    prepare: (text: string) => watch(binding.prepare(text)),
    batch(statements: D1PreparedStatement[]) {
      count()
      return binding.batch(statements.map((one) => originals.get(one) ?? one))
    },
  } as unknown as D1Database
}
