/** Contents of namespace files in R2, under `tenant/namespace/sha256`. Which ones there are, D1 knows. */

export interface Contents {
  /** Harmless to repeat: the key is the hash. */
  put(place: Place, sha256: string, bytes: ArrayBuffer): Promise<void>
  /** The content as a stream. D1 has promised it: its absence is an error, not an answer. */
  get(place: Place, sha256: string): Promise<ReadableStream>
}

/** A namespace of a tenant: the border that contents never cross. */
export interface Place {
  readonly tenant: string
  readonly namespace: string
}

export function openContents(bucket: R2Bucket): Contents {
  const keyOf = ({ tenant, namespace }: Place, sha256: string) => `${tenant}/${namespace}/${sha256}`
  return {
    async put(place, sha256, bytes) {
      // R2 checks the hash once more and refuses what arrived damaged.
      await bucket.put(keyOf(place, sha256), bytes, { sha256 })
    },
    async get(place, sha256) {
      const object = await bucket.get(keyOf(place, sha256))
      if (object === null) throw new Error(`R2 lost the content ${keyOf(place, sha256)}`)
      return object.body
    },
  }
}
