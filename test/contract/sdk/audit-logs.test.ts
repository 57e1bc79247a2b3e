import { describe, expect, inject, it } from 'vitest'
import { fresh, openApi } from './sdk.ts'

const logs = openApi('AuditLogsApi')
const tenant = 'main'

describe('AuditLogsApi', () => {
  it('searchAuditLogs names who did it', async () => {
    await openApi('RolesApi')('createRole', tenant, {
      name: fresh('logged'),
      permissions: { FLOW: ['VIEW'] },
    })
    const { body } = await logs('searchAuditLogs', 1, 1000, tenant, {})
    const { username } = inject('edge')
    expect(body.results).toContainEqual({
      auditLog: expect.objectContaining({
        type: 'CREATE',
        detail: expect.objectContaining({ resource: 'ROLE' }),
        date: expect.any(String),
      }),
      user: expect.objectContaining({ username }),
    })
  })

  it('findAuditLog answers 200 even when nothing matches', async () => {
    expect((await logs('findAuditLog', tenant, { resource: 'FLOW' })).status).toBe(200)
    const found = (await logs('findAuditLog', tenant, { resource: 'ROLE', type: 'CREATE' })).body
    expect(found.auditLog.detail.resource).toBe('ROLE')
  })

  it('listAuditLogFromResourceId and getResourceDiffFromAuditLog tell a story of changes', async () => {
    const roles = openApi('RolesApi')
    const { id } = (await roles('createRole', tenant, { name: fresh('a'), permissions: { FLOW: ['VIEW'] } }))
      .body
    const name = fresh('b')
    await roles('updateRole', id, tenant, { name, permissions: { FLOW: ['VIEW'] } })
    const story = (await logs('listAuditLogFromResourceId', id, tenant)).body
    expect(story).toHaveLength(2)
    const diff = (await logs('getResourceDiffFromAuditLog', story[0].id, tenant, { previousId: story[1].id }))
      .body
    expect(diff).toMatchObject({ before: expect.any(String), after: expect.any(String) })
    expect(`${diff.before}${diff.after}`).toContain(name)
    expect((await logs('listAuditLogFromResourceId', 'unknown', tenant)).body).toEqual([])
  })
})
