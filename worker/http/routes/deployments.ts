/** Deployments of a namespace: who changed which folder, what that did, and going back to it. */

import * as v from 'valibot'
import { Id, Paging } from '../../../shared/wire/common.ts'
import { DeploymentDetail, DeploymentDiff, DeploymentPage } from '../../../shared/wire/deployments.ts'
import { Deployment } from '../../../shared/wire/sync.ts'
import { decide } from '../../access/decide.ts'
import { diffDeployment, getDeployment, listDeployments, rollBack } from '../../files/deployments.ts'
import { answer, json } from '../answer.ts'
import { permit, route } from '../route.ts'
import { params as place } from './files.ts'
import { IdempotencyKey, IfMatch } from './sync.ts'

const path = '/api/v1/:tenant/namespaces/:namespace/deployments'
const params = v.object({ ...place.entries, id: Id })

export const deploymentRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'List deployments, the newest first',
    access: permit('NAMESPACE_FILE:LIST'),
    params: place,
    query: Paging,
    answers: { 200: DeploymentPage },
    handle: async ({ edge, params, query }) => json(200, await listDeployments(edge.db, params, query)),
  }),
  route({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read a deployment with its changes',
    access: permit('NAMESPACE_FILE:LIST'),
    params,
    answers: { 200: DeploymentDetail },
    handle: async ({ edge, params: { id, ...place }, now }) =>
      answer(await getDeployment(edge.db, place, id, now), (deployment) => json(200, deployment)),
  }),
  route({
    method: 'GET',
    path: `${path}/:id/diff`,
    summary: 'Say what a deployment changed, with hash and size before and after',
    access: permit('NAMESPACE_FILE:LIST'),
    params,
    answers: { 200: DeploymentDiff },
    handle: async ({ edge, params: { id, ...place }, now }) =>
      answer(await diffDeployment(edge.db, place, id, now), (diff) => json(200, diff)),
  }),
  route({
    method: 'POST',
    path: `${path}/:id/rollback`,
    summary: 'Make the folder of a deployment what it was right after it, all or nothing',
    access: permit('NAMESPACE_FILE:CREATE'),
    params,
    headers: v.object({ 'if-match': v.optional(IfMatch), 'idempotency-key': v.optional(IdempotencyKey) }),
    answers: { 200: Deployment },
    handle: async ({ edge, principal, params: { id, ...place }, headers }) => {
      const request = {
        id,
        ifMatch: headers['if-match'],
        idempotencyKey: headers['idempotency-key'],
        mayDelete: decide(principal, { ...place, permission: 'NAMESPACE_FILE:DELETE' }),
      }
      return answer(await rollBack(edge.db, place, principal, request), (deployment) => json(200, deployment))
    },
  }),
]
