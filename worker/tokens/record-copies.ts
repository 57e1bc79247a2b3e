/**
 * Records kept in KV, for isolates that have the change feed at hand and not the record. KV is trusted with nothing:
 * a copy is sealed, so that only ours is read, and only under its own name. That it is still right, the feed tells.
 */

import type { Copies } from '../storage/copies.ts'
import { isMacOfText, macOfText } from '../storage/text-mac.ts'
import type { RecordCopies, RecordCopy } from './records.ts'

/** As long as the feed reaches back: no older copy could be told right from wrong. */
const LIFETIME_SECONDS = 86_400

/** To be raised when the shape of a record changes: then no copy of the old shape is read. */
const VERSION = 1

interface Sealed {
  /** The record and its position as JSON. */
  readonly text: string
  readonly seal: string
}

/** @param key HMAC-SHA-256 */
export function openRecordCopies(copies: Copies, key: CryptoKey): RecordCopies {
  const nameOf = (key: string) => `record:${VERSION}:${key}`
  const sealed = (name: string, text: string) => `${name}\n${text}`
  return {
    async get(question) {
      const name = nameOf(question)
      const { text, seal } = (await copies.get<Partial<Sealed>>(name)) ?? {}
      if (typeof text !== 'string' || typeof seal !== 'string') return undefined
      const isOurs = await isMacOfText(key, sealed(name, text), seal)
      return isOurs ? (JSON.parse(text) as RecordCopy) : undefined
    },
    async put(question, copy) {
      const name = nameOf(question)
      const text = JSON.stringify(copy)
      const seal = await macOfText(key, sealed(name, text))
      await copies.put(name, { text, seal } satisfies Sealed, LIFETIME_SECONDS)
    },
  }
}
