import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { DateTime, Id, Paging, readSuperAdmin, toDateTime } from '../../../shared/wire/common.ts'

describe('Id', () => {
  it.each(['a', '4kQz', 'admin_main', 'what.nobody/has', 'x'.repeat(128)])('accepts %s', (id) => {
    expect(v.is(Id, id)).toBe(true)
  })

  it.each(['x'.repeat(129), 7, null])('refuses %j', (id) => {
    expect(v.is(Id, id)).toBe(false)
  })
})

describe('Paging', () => {
  it('starts with ten rows of the first page', () => {
    expect(v.parse(Paging, {})).toEqual({ page: 1, size: 10 })
  })

  it.each(['1', '2', '10', '100', '200', '500', '1000', '10000'])(
    "accepts the size %s, as Kestra's clients ask for",
    (size) => {
      expect(v.parse(Paging, { size })).toEqual({ page: 1, size: Number(size) })
    },
  )

  it('accepts a page far past the end', () => {
    expect(v.parse(Paging, { page: '999999' }).page).toBe(999_999)
  })

  it.each(['0', '-1', '1.5', '1e3', '0x10', ' 1', '', 'all', '10001'])('refuses the size %j', (size) => {
    expect(v.is(Paging, { size })).toBe(false)
  })

  it.each(['0', '-1', '1.5', '', 'last'])('refuses the page %j', (page) => {
    expect(v.is(Paging, { page })).toBe(false)
  })
})

describe('toDateTime', () => {
  it('writes an instant in UTC, as the schema of answers wants it', () => {
    expect(toDateTime(Date.UTC(2026, 10, 23, 20))).toBe('2026-11-23T20:00:00.000Z')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
        expect(v.is(DateTime, toDateTime(ms))).toBe(true)
        expect(Date.parse(toDateTime(ms))).toBe(ms)
      }),
    )
  })
})

describe('readSuperAdmin', () => {
  it.each([
    [{}, undefined],
    [{ superAdmin: null, instanceOwner: null }, undefined],
    [{ superAdmin: true }, true],
    [{ superAdmin: false }, false],
    [{ instanceOwner: true }, true],
    [{ instanceOwner: false }, false],
    [{ superAdmin: null, instanceOwner: true }, true],
  ])('reads %j as %j', (body, flag) => {
    expect(readSuperAdmin(body)).toBe(flag)
  })
})
