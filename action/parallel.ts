/**
 * Works through a list, `limit` items at a time, and returns the results in the order of the list.
 * After the first failure no further item is begun.
 */
export async function mapParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const queue = numbered(items)
  const takeTurns = async () => {
    for (const [index, item] of queue) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: limit }, takeTurns))
  return results
}

/** A generator and not `items.entries()`: a loop that throws closes it for all the others as well. */
function* numbered<T>(items: readonly T[]): Generator<[number, T]> {
  yield* items.entries()
}
