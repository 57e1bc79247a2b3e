/** Looks for secrets in what was written, in every form that somebody could read one out of. */

import { expect } from 'vitest'

/** @param written all of it: log, outputs, summary */
export function expectNoSecrets(written: string, secrets: readonly string[]): void {
  const readings = readingsOf(written)
  for (const secret of secrets) {
    for (const form of [secret, ...base64FormsOf(secret)]) {
      expect(readings.some((text) => text.includes(form))).toBe(false)
    }
  }
}

/** A log without the commands that hand a secret to the runner for masking: those the runner does not show. */
export const withoutMasks = (stdout: string): string => stdout.replace(/^::add-mask::.*$/gm, '')

export const decodeEntities = (html: string): string =>
  html.replace(/&#(?:x([0-9a-f]+)|([0-9]+));/gi, (_, hex, decimal) =>
    String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  )

const decodePercents = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

function readingsOf(text: string): string[] {
  const decoded = decodeEntities(text)
  const plain = [text, decoded, decodePercents(text), decodePercents(decoded)]
  // The URL-safe alphabet of Base64 read as the usual one.
  return plain.flatMap((one) => [one, one.replaceAll('-', '+').replaceAll('_', '/')])
}

/** What Base64 makes of a secret inside a longer text depends on where it starts; its ends depend on the rest. */
const base64FormsOf = (secret: string): string[] =>
  [0, 1, 2].map((offset) =>
    Buffer.from(' '.repeat(offset) + secret)
      .toString('base64')
      .slice(offset === 0 ? 0 : offset + 1)
      .replace(/.?=*$/, ''),
  )
