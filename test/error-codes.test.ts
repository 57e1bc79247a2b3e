/** Every code that the worker refuses with is in the document that clients look it up in, with its status. */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(resolve(import.meta.dirname, '..', path), 'utf8')

it('has every code of the worker in docs/errors.md, once, and no other', () => {
  const refused = [...read('worker/http/refusal.ts').matchAll(/^ {4}case '(\w+)':/gm)]
  const failed = ['worker/app.ts', 'worker/index.ts'].flatMap((path) => [
    ...read(path).matchAll(/\bstatus: 50\d,\s+code: '(\w+)'|^\s+code: '(not_configured)'/gm),
  ])
  const codes = [...refused, ...failed].map(([, code, other]) => code ?? other)
  expect(codes.length).toBeGreaterThan(70)
  const documented = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \| \d{3} \| \S/gm)]
  expect(documented.map(([, code]) => code).sort()).toEqual(codes.sort())
})
