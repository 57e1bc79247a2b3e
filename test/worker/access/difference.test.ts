import { describe, expect, it } from 'vitest'
import type { BindingInFull } from '../../../worker/access/bindings.ts'
import { differenceOf } from '../../../worker/access/difference.ts'

const held = (
  name: string,
  permissions: Record<string, string[]>,
  namespace: string | null,
): BindingInFull => ({
  binding: {
    id: name,
    tenantId: 'main',
    accountId: 'account',
    groupId: null,
    roleId: name,
    namespace,
    createdAt: 0,
  },
  role: { id: name, name, permissions },
  account: null,
  group: null,
})

const offer = (permissions: Record<string, string[]>, namespace: string | null) => ({
  tenant: 'main',
  permissions,
  namespace,
})
const SECRET = { SECRET: ['READ'] }
const idsOf = (rows: readonly BindingInFull[]) => rows.map(({ binding }) => binding.id)

describe('differenceOf', () => {
  it.each([
    { beside: 'nothing', others: [], alone: ['SECRET:VIEW', 'SECRET:LIST'], through: [], inPart: [] },
    {
      beside: 'the same place',
      others: [held('same', SECRET, 'company.prod')],
      alone: [],
      through: ['same'],
      inPart: [],
    },
    {
      beside: 'a place above',
      others: [held('above', { SECRET: ['VIEW'] }, 'company')],
      alone: ['SECRET:LIST'],
      through: ['above'],
      inPart: [],
    },
    {
      beside: 'a part of the place',
      others: [held('part', SECRET, 'company.prod.team')],
      alone: ['SECRET:VIEW', 'SECRET:LIST'],
      through: [],
      inPart: ['part'],
    },
    {
      beside: 'another place whose name begins alike, and another permission',
      others: [held('other', SECRET, 'company.production'), held('unlike', { FLOW: ['VIEW'] }, null)],
      alone: ['SECRET:VIEW', 'SECRET:LIST'],
      through: [],
      inPart: [],
    },
  ])('of a grant beside $beside', ({ others, alone, through, inPart }) => {
    const difference = differenceOf(offer(SECRET, 'company.prod'), others, false)
    expect(difference.alone).toEqual(alone)
    expect(difference.anyway).toHaveLength(2 - alone.length)
    expect(idsOf(difference.through)).toEqual(through)
    expect(idsOf(difference.inPart)).toEqual(inPart)
  })

  it('leaves a superadmin what the flag gives', () => {
    const { alone, anyway, through } = differenceOf(offer({ ROLE: ['VIEW'], FLOW: ['VIEW'] }, null), [], true)
    expect({ alone, anyway, through }).toEqual({ alone: ['FLOW:VIEW'], anyway: ['ROLE:VIEW'], through: [] })
  })

  it('counts two grants that only together cover it', () => {
    const others = [held('views', { SECRET: ['VIEW'] }, null), held('lists', { SECRET: ['LIST'] }, 'company')]
    const { alone, through } = differenceOf(offer(SECRET, 'company.prod'), others, false)
    expect(alone).toEqual([])
    expect(idsOf(through)).toEqual(['views', 'lists'])
  })
})
