import { describe, expect, it } from 'vitest'
import type { SigningKey } from '../../../worker/storage/tokens.ts'
import { planStep } from '../../../worker/tokens/rotation.ts'

const SECOND = 1_000
const DAY = 86_400_000
const NOW = 1_000 * DAY

const key = (kid: string, state: SigningKey['state'], age: number): SigningKey => ({
  kid,
  state,
  since: NOW - age,
  wrappedPrivateJwk: new Uint8Array(),
  keyVersion: '',
  createdAt: 0,
})
const ripe = 360 * SECOND
const done = 960 * SECOND

describe('planStep', () => {
  it.each<[string, SigningKey[], Parameters<typeof planStep>[1], ReturnType<typeof planStep>]>([
    ['does nothing on an ordinary day', [key('a', 'active', 30 * DAY)], {}, { drop: [] }],
    ['publishes a successor after 89 days', [key('a', 'active', 89 * DAY)], {}, { drop: [], create: 'next' }],
    ['does not before', [key('a', 'active', 89 * DAY - 1)], {}, { drop: [] }],
    [
      'lets a successor sign once everybody can know it',
      [key('a', 'active', 90 * DAY), key('b', 'next', ripe)],
      {},
      { drop: [], retire: 'a', promote: 'b' },
    ],
    ['not sooner', [key('a', 'active', 90 * DAY), key('b', 'next', ripe - 1)], {}, { drop: [] }],
    [
      'lets a retiring key go when nothing it signed can live any more',
      [key('a', 'retiring', done), key('b', 'active', done)],
      {},
      { drop: ['a'] },
    ],
    ['not sooner', [key('a', 'retiring', done - 1), key('b', 'active', DAY)], {}, { drop: [] }],
    [
      'publishes a successor when one is wanted',
      [key('a', 'active', DAY)],
      { isWanted: true },
      { drop: [], create: 'next' },
    ],
    ['does not want two', [key('a', 'active', DAY), key('b', 'next', 0)], { isWanted: true }, { drop: [] }],
    [
      'hurries a successor that is there',
      [key('a', 'active', DAY), key('b', 'next', 0)],
      { isNow: true },
      { drop: [], retire: 'a', promote: 'b' },
    ],
    [
      'makes one that signs at once where there is none',
      [key('a', 'active', DAY)],
      { isNow: true },
      { drop: [], retire: 'a', create: 'active' },
    ],
    [
      'drops all there are, the published one too: whoever has one may have them all',
      [key('a', 'active', DAY), key('b', 'next', DAY), key('c', 'retiring', 0)],
      { isDropping: true },
      { drop: ['a', 'b', 'c'], create: 'active' },
    ],
    ['makes one where all are gone', [], {}, { drop: [], create: 'active' }],
  ])('%s', (_, keys, haste, step) => {
    expect(planStep(keys, haste, NOW)).toEqual(step)
  })
})
