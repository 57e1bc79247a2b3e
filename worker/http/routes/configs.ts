/** What clients ask about the instance before they begin, and about passwords before they have one. */

import { Password } from '../../../shared/names.ts'
import { Auths, Configs, LicenseInfo, LoginConfigs } from '../../../shared/wire/configs.ts'
import { ApiError } from '../../../shared/wire/error.ts'
import { ForgottenPassword, ResetPassword } from '../../../shared/wire/session.ts'
import { isSetUp, readInstanceId } from '../../accounts/setup.ts'
import { empty, json } from '../answer.ts'
import { jsonBody, textBody } from '../body.ts'
import { anyone, route, signedIn } from '../route.ts'

/** The version of Kestra whose API this is: its command line keeps from older ones what only 2.0 knows. */
const KESTRA_VERSION = '2.0.0'

/** Of the instance, as a Kestra has it. */
export const instanceRoutes = [
  route({
    method: 'GET',
    path: '/api/v1/configs',
    summary: 'The instance and its version; clients try their credential here',
    access: signedIn,
    answers: { 200: Configs },
    handle: async ({ edge, address: { origin } }) => {
      const uuid = await readInstanceId(edge.db)
      const configs: Configs = {
        version: KESTRA_VERSION,
        edition: 'EE',
        ...(uuid === undefined ? {} : { uuid }),
        url: origin,
        tenants: { storageByTenant: false, secretByTenant: false },
        systemNamespace: 'system',
        isAnonymousUsageEnabled: false,
        passwordConfiguration: {
          minLength: 8,
          minUpperCase: 1,
          minLowerCase: 1,
          minDigits: 1,
          minSpecialCharacters: 1,
        },
      }
      return json(200, configs)
    },
  }),
]

export const configRoutes = [
  route({
    method: 'GET',
    path: '/api/v1/auths',
    summary: 'How one can sign in',
    access: anyone,
    answers: { 200: Auths },
    handle: async () =>
      json(200, { loginPassword: true, mailsEnabled: false, passwordless: false, oauths: [] }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/configs/login',
    summary: 'Whether there is anybody who could sign in',
    access: anyone,
    answers: { 200: LoginConfigs },
    handle: async ({ edge }) => json(200, { isBasicAuthInitialized: await isSetUp(edge.db) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/license-info',
    summary: 'Kestra’s clients ask; Postern needs no licence',
    access: signedIn,
    answers: { 200: LicenseInfo },
    handle: async () =>
      json(200, { type: 'POSTERN', expired: false, standalone: true, workerGroups: false, online: false }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/validate-password',
    summary: 'Whether a password would do',
    access: anyone,
    body: textBody(Password),
    answers: { 200: null },
    handle: async () => empty(200),
  }),
  route({
    method: 'POST',
    path: '/api/v1/forgotten-password',
    summary: 'Always 200, and never more: Postern sends no mail',
    access: anyone,
    body: jsonBody(ForgottenPassword),
    answers: { 200: null },
    handle: async () => empty(200),
  }),
  route({
    method: 'POST',
    path: '/api/v1/reset-password',
    summary: 'Always refused: nobody was sent a token',
    access: anyone,
    body: jsonBody(ResetPassword),
    answers: { 422: ApiError },
    handle: async () => ({ code: 'reset_unavailable' }),
  }),
]
