/** What an instance says of itself, in the fields of Kestra's that have a meaning here. */

import * as v from 'valibot'

export const Auths = v.object({
  loginPassword: v.boolean(),
  mailsEnabled: v.boolean(),
  passwordless: v.boolean(),
  oauths: v.array(v.unknown()),
})

export const Configs = v.object({
  version: v.string(),
  edition: v.string(),
  uuid: v.optional(v.string()),
  url: v.string(),
  tenants: v.object({ storageByTenant: v.boolean(), secretByTenant: v.boolean() }),
  systemNamespace: v.string(),
  isAnonymousUsageEnabled: v.boolean(),
  passwordConfiguration: v.object({
    minLength: v.number(),
    minUpperCase: v.number(),
    minLowerCase: v.number(),
    minDigits: v.number(),
    minSpecialCharacters: v.number(),
  }),
})
export type Configs = v.InferOutput<typeof Configs>

export const LoginConfigs = v.object({ isBasicAuthInitialized: v.boolean() })

export const LicenseInfo = v.object({
  type: v.string(),
  expired: v.boolean(),
  standalone: v.boolean(),
  workerGroups: v.boolean(),
  online: v.boolean(),
})
