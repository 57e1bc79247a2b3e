/** A password for whoever gave none: shown once, to be changed or kept in a safe place. */

import { randomInt } from 'node:crypto'

/** Three groups of five, and one character of each kind that the policy asks for. */
export function drawPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz'
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
  return `${group()}-${group()}-${group()}-A${randomInt(10)}!`
}
