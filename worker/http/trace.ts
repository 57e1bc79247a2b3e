/** What a request carries along beside itself: what is learnt of it on its way, for whoever tells of it at the end. */

import type { Principal } from '../access/principal.ts'
import type { Edge } from '../edge.ts'
import type { RouteName } from '../telemetry/telemetry.ts'

export interface HonoEnv {
  Bindings: Edge
  Variables: {
    requestId: string
    trace: Trace
    /** The answer was made with what every answer says of itself. */
    hasHead: boolean
  }
}

/** Filled in on the way of the request, by whoever learns it. */
export interface Trace {
  readonly route: RouteName
  /** Judged by what was known; nothing was changed. */
  readonly isRoutine: boolean
  principal?: Principal | undefined
  /** Where: the parameters of the path, once they were found to be good. */
  place?: Place | undefined
  /** What somebody asked to be told, where that is the whole request. */
  question?: Question | undefined
  /** Of many questions at once. */
  verdicts?: { readonly allowed: number; readonly refused: number }
  error?: { readonly code: string } | undefined
  stalenessMs?: number
}

interface Place {
  readonly tenant?: string | undefined
  readonly namespace?: string | undefined
}

export interface Question extends Place {
  readonly permission?: string
}
