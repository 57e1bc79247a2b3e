/**
 * Which kind of server it is shows in its answer to the first plan: a stock Kestra has no such route, and a Postern in
 * front of one says that the files are there.
 */

import { Failure } from '../failure.ts'
import type { Http } from '../http.ts'
import { createBulkRemote } from './bulk.ts'
import { connectKestra } from './kestra.ts'
import { connectPostern } from './postern.ts'
import type { Place, Remote } from './remote.ts'

/**
 * @param authorization the value of the header
 * @param onStockKestra called when the server turns out to be one
 */
export function connectRemote(
  http: Http,
  place: Place,
  authorization: string,
  onStockKestra: () => void,
): Remote {
  let remote: Remote = createBulkRemote(connectPostern(http, place, authorization))
  return {
    get kind() {
      return remote.kind
    },
    async plan(manifest) {
      try {
        return await remote.plan(manifest)
      } catch (error) {
        if (!hasNoSuchRoute(error)) throw error
        remote = connectKestra(http, place, authorization)
        onStockKestra()
        return remote.plan(manifest)
      }
    },
    apply: (work) => remote.apply(work),
  }
}

/** Postern itself gives its errors a code, whatever its status. */
const hasNoSuchRoute = (error: unknown): boolean =>
  error instanceof Failure &&
  [404, 405].includes(error.status ?? 0) &&
  [undefined, 'files_in_kestra'].includes(error.serverCode)
