import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestEdge, type TestEdge } from '../support/edge.ts'

const README = resolve(import.meta.dirname, '../../examples/terraform/README.md')

/** In order: later ones speak of the ids that earlier ones answered. */
const exchanges = [...(await readFile(README, 'utf8')).matchAll(/^```http\n(.*?)^```$/gms)].map(
  ([, block = '']) => {
    const [request = '', answer = ''] = block.split('\n\n')
    const [line = '', sent = ''] = request.split('\n')
    const [status = '', received = ''] = answer.split('\n')
    return { line, sent, status: Number(status), received }
  },
)

let edge: TestEdge
beforeAll(async () => {
  edge = await startTestEdge()
})
afterAll(() => edge?.stop())

const ids = new Map<string, string>()
const fill = (text: string) => text.replace(/<\w+>/g, (name) => ids.get(name) ?? name)

function learn(expected: unknown, answer: unknown) {
  if (typeof expected === 'string' && typeof answer === 'string') {
    if (/^<\w+>$/.test(expected) && !ids.has(expected)) ids.set(expected, answer)
  } else if (typeof expected === 'object' && expected && typeof answer === 'object' && answer) {
    for (const [key, value] of Object.entries(expected)) learn(value, Reflect.get(answer, key))
  }
}

const toBody = (sent: string) => {
  if (sent.startsWith('{')) return sent
  const form = new FormData()
  form.set('fileContent', new Blob([`${sent}\n`]), 'file.txt')
  return form
}

async function send(line: string, sent: string) {
  const [method = '', path = ''] = line.split(' ')
  const { username, password } = edge.admin
  const body = sent === '' ? null : toBody(sent)
  return fetch(edge.url + path, {
    method,
    body,
    headers: {
      Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      ...(body instanceof FormData ? {} : { 'Content-Type': 'application/json' }),
    },
  })
}

describe('examples/terraform', () => {
  it('tells of everything that main.tf makes', async () => {
    const main = await readFile(resolve(README, '../main.tf'), 'utf8')
    const made = exchanges.filter(({ line }) => line.startsWith('POST'))
    expect(made).toHaveLength(main.match(/^resource /gm)?.length ?? 0)
  })

  it.each(exchanges)('$line is answered as the page says', async ({ line, sent, status, received }) => {
    const response = await send(fill(line), fill(sent))
    const text = (await response.text()).trimEnd()
    expect({ status: response.status, text }).toMatchObject({ status })
    if (!received.startsWith('{')) return expect(text).toBe(received)
    const answer: unknown = JSON.parse(text)
    learn(JSON.parse(received), answer)
    expect(answer).toEqual(JSON.parse(fill(received)))
  })
})
