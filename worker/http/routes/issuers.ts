/** Issuers whose assertions may be exchanged: the instance's business. */

import * as v from 'valibot'
import { Id } from '../../../shared/wire/common.ts'
import { Issuer, IssuerList, WriteIssuer } from '../../../shared/wire/federation.ts'
import {
  createIssuer,
  type Issuer as IssuerRow,
  listIssuers,
  readIssuer,
  removeIssuer,
  replaceIssuer,
} from '../../federation/issuers.ts'
import { answer, empty, json } from '../answer.ts'
import { jsonBody } from '../body.ts'
import { route, superadmin } from '../route.ts'

const path = '/api/v1/issuers'
const params = v.object({ id: Id })

export const issuerRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'List the issuers whose assertions may be exchanged',
    access: superadmin,
    answers: { 200: IssuerList },
    handle: async ({ edge }) => {
      const results = (await listIssuers(edge.db)).map(toWire)
      return json(200, { results, total: results.length })
    },
  }),
  route({
    method: 'POST',
    path,
    summary: 'Trust an issuer; of GitHub Actions its name is enough',
    access: superadmin,
    body: jsonBody(WriteIssuer),
    answers: { 201: Issuer },
    handle: async ({ edge, principal, body }) =>
      answer(await createIssuer(edge.db, principal, body), (issuer) => json(201, toWire(issuer))),
  }),
  route({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read an issuer',
    access: superadmin,
    params,
    answers: { 200: Issuer },
    handle: async ({ edge, params }) =>
      answer(await readIssuer(edge.db, params.id), (issuer) => json(200, toWire(issuer))),
  }),
  route({
    method: 'PUT',
    path: `${path}/:id`,
    summary: 'Replace an issuer, or switch it off',
    access: superadmin,
    params,
    body: jsonBody(WriteIssuer),
    answers: { 200: Issuer },
    handle: async ({ edge, principal, params, body }) =>
      answer(await replaceIssuer(edge.db, principal, params.id, body), (issuer) => json(200, toWire(issuer))),
  }),
  route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Delete an issuer that no federated credential names',
    access: superadmin,
    params,
    answers: { 204: null },
    handle: async ({ edge, principal, params }) =>
      answer(await removeIssuer(edge.db, principal, params.id), () => empty(204)),
  }),
]

const toWire = ({ id, name, issuer, jwksUri, algorithms, isEnabled }: IssuerRow): Issuer => ({
  id,
  name,
  issuer,
  jwksUri,
  algorithms: [...algorithms],
  enabled: isEnabled,
})
