/** What an isolate counts of the requests it answered, and which of them it tells the log. No I/O of its own. */

/** A route as it was declared: never what was put into its parameters. */
export interface RouteName {
  readonly method: string
  readonly path: string
}

/** What went to storage since the isolate began. */
export interface Traffic {
  d1RoundTrips: number
  kvHits: number
  kvMisses: number
  kvWrites: number
  /** Round trips of those that verifying took, be it before or after the answer. */
  feedReads: number
}

/** A data point of Workers Analytics Engine; the order is the meaning, so new members go to the end. */
export interface DataPoint {
  readonly indexes: [string]
  readonly blobs: string[]
  readonly doubles: number[]
}

export interface Telemetry {
  /** Tells isolates apart: each counts from zero. */
  readonly isolate: string
  readonly traffic: Traffic
  /** By route, and there by status. */
  readonly requests: ReadonlyMap<RouteName, ReadonlyMap<number, number>>
  /** By code. */
  readonly refusals: ReadonlyMap<string, number>
  count(route: RouteName, status: number, code: string | undefined): void
  /** Of what is let in again and again: the first, and then one in `logEvery`. */
  isSampled(): boolean
  readonly logEvery: number
  /** Absent where nobody collects them. */
  readonly dataset?: { writeDataPoint(point: DataPoint): void } | undefined
}

/** @param logEvery 1 logs every request */
export function createTelemetry(logEvery: number, dataset?: Telemetry['dataset']): Telemetry {
  const requests = new Map<RouteName, Map<number, number>>()
  const refusals = new Map<string, number>()
  let routine = 0
  return {
    isolate: crypto.randomUUID().slice(0, 8),
    traffic: { d1RoundTrips: 0, kvHits: 0, kvMisses: 0, kvWrites: 0, feedReads: 0 },
    requests,
    refusals,
    count(route, status, code) {
      let byStatus = requests.get(route)
      if (byStatus === undefined) {
        byStatus = new Map()
        requests.set(route, byStatus)
      }
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
      if (code !== undefined) refusals.set(code, (refusals.get(code) ?? 0) + 1)
    },
    isSampled: () => routine++ % logEvery === 0,
    logEvery,
    dataset,
  }
}
