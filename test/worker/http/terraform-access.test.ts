/**
 * Terraform's provider, call by call, for groups, memberships, roles, bindings and tenant access: the bodies it sends,
 * the type it says they have, the statuses it takes for success, and an empty plan after every apply.
 */

import { beforeAll, describe, expect, it } from 'vitest'
import { type Bot, call, createAdmin, freshEdge } from '../support/edge.ts'

const MAIN = '/api/v1/main'

let admin: Bot
beforeAll(async () => {
  await freshEdge()
  admin = await createAdmin()
})

type Answer = Record<string, unknown>

/** Every request has the type of JSON, also without a body; every answer is JSON or empty. */
async function send(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; answer: Answer }> {
  const response = await call(`${MAIN}/${path}`, {
    ...admin,
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  const answer = text === '' ? {} : (JSON.parse(text) as Answer)
  // A null where the provider expects a string or a list ends it.
  expect(text).not.toMatch(/:null/)
  return { status: response.status, answer }
}

async function apply(method: string, path: string, body?: object): Promise<Answer> {
  const { status, answer } = await send(method, path, body)
  expect({ status, answer, isSuccess: [200, 201, 204].includes(status) }).toMatchObject({ isSuccess: true })
  return answer
}

const idOf = (answer: Answer): string => String(answer.id)
const statusOf = async (method: string, path: string) => (await send(method, path)).status

describe('kestra_group and kestra_user_group_membership', () => {
  it('create, read, update and destroy', async () => {
    const group = await apply('POST', 'groups', { namespaceId: '', name: 'tf_group', description: '' })
    expect(group).toMatchObject({ name: 'tf_group', description: '' })
    const id = idOf(group)
    expect(await apply('GET', `groups/${id}`)).toEqual(group)
    const update = { id, namespaceId: '', name: 'tf_group', description: 'Robots' }
    expect(await apply('PUT', `groups/${id}`, update)).toEqual({ ...group, description: 'Robots' })

    const account = { name: 'tf-bot', description: '', superAdmin: false, groups: null }
    const bot = idOf(await apply('POST', 'service-accounts', account))
    await apply('PUT', `groups/${id}/members/${bot}`)
    const page = await apply('GET', `groups/${id}/members?page=1&size=200`)
    expect(page).toMatchObject({ total: 1, results: [{ id: bot }] })
    await apply('DELETE', `groups/${id}/members/${bot}`)
    // A second destroy is an error, as Kestra has it.
    expect(await statusOf('DELETE', `groups/${id}/members/${bot}`)).toBe(409)
    await apply('DELETE', `groups/${id}`)
    expect(await statusOf('GET', `groups/${id}`)).toBe(404)
  })

  it('read two hundred members a page, and no fewer than there are', async () => {
    const bots = []
    for (let index = 0; index < 100; index++) {
      bots.push(idOf(await apply('POST', 'service-accounts', { name: `m-${index}`, groups: null })))
    }
    const id = idOf(await apply('POST', 'groups', { name: 'tf_many', description: '', membersId: bots }))
    const read = async (page: number, size: number) =>
      (await apply('GET', `groups/${id}/members?page=${page}&size=${size}`)).results as object[]
    expect(await read(1, 200)).toHaveLength(100)
    expect(await read(2, 200)).toEqual([])
    const pages = [await read(1, 40), await read(2, 40), await read(3, 40)]
    expect(pages.map((page) => page.length)).toEqual([40, 40, 20])
    expect(new Set(pages.flat().map((row) => JSON.stringify(row))).size).toBe(100)
  })
})

describe('kestra_role and kestra_binding', () => {
  it('echo every word in its order, and name namespace, role and subject', async () => {
    const permissions = { FLOW: ['UPDATE', 'READ', 'CREATE'], NAMESPACE: ['MANAGE_FILES', 'VIEW'] }
    const sent = { namespaceId: '', name: 'tf_role', description: '', permissions, isDefault: false }
    const role = await apply('POST', 'roles', sent)
    expect(role).toMatchObject({ name: 'tf_role', description: '', permissions, isDefault: false })
    expect(JSON.stringify(role.permissions)).toBe(JSON.stringify(permissions))
    const roleId = idOf(role)
    expect(await apply('PUT', `roles/${roleId}`, { ...sent, id: roleId })).toEqual(role)
    const found = await apply('GET', 'roles/search?filters[name][EQUALS]=TF_ROLE&size=100')
    expect(found).toMatchObject({ total: 1, results: [{ id: roleId, name: 'tf_role' }] })

    const group = idOf(await apply('POST', 'groups', { name: 'tf_bound', description: '' }))
    const binding = await apply('POST', 'bindings', {
      type: 'GROUP',
      externalId: group,
      roleId,
      namespaceId: 'prod',
    })
    expect(binding).toMatchObject({
      type: 'GROUP',
      role: { id: roleId },
      group: { id: group },
      namespaceId: 'prod',
    })
    expect(await apply('GET', `bindings/${idOf(binding)}`)).toEqual(binding)
    await apply('DELETE', `bindings/${idOf(binding)}`)
    expect(await statusOf('GET', `bindings/${idOf(binding)}`)).toBe(404)
    await apply('DELETE', `roles/${roleId}`)
    expect(await statusOf('GET', `roles/${roleId}`)).toBe(404)
  })
})

describe('kestra_service_account with groups', () => {
  it('sends groups as a list of ids, or null for none', async () => {
    const group = idOf(await apply('POST', 'groups', { name: 'tf_of_account', description: '' }))
    const sent = { name: 'tf-grouped', description: '', superAdmin: false, groups: [{ id: group }] }
    const account = await apply('POST', 'service-accounts', sent)
    expect(account).toMatchObject(sent)
    const id = idOf(account)
    expect(await apply('GET', `service-accounts/${id}`)).toEqual(account)
    expect(await apply('PUT', `service-accounts/${id}`, { ...sent, id, groups: null })).toMatchObject({
      groups: [],
    })
  })
})

describe('kestra_user_tenant_access', () => {
  it('takes 409 for success where access is there, and 404 where it is gone', async () => {
    const { status, answer } = await (async () => {
      const response = await call('/api/v1/users', { ...admin, json: { email: 'tf@example.com' } })
      return { status: response.status, answer: (await response.json()) as Answer }
    })()
    expect(status).toBe(201)
    const path = `tenant-access/${idOf(answer)}`
    expect(await statusOf('GET', path)).toBe(404)
    await apply('PUT', path)
    expect(await statusOf('PUT', path)).toBe(409)
    expect(await apply('GET', path)).toMatchObject({ userId: idOf(answer), roles: [] })
    await apply('DELETE', path)
    expect(await statusOf('DELETE', path)).toBe(404)
  })
})
