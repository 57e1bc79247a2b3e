/**
 * What the next page says once of what was just done. The cookie holds a code and names, never a sentence: whoever
 * plants one can make the console say only what it says anyway.
 */

import * as v from 'valibot'

const SENTENCES = {
  saved: () => 'Saved.',
  signed_out: () => 'You are signed out.',
  welcome: (name: string) => `Welcome, ${name}.`,
  service_account_created: (name: string) => `Service account ${name} created.`,
  account_deleted: (name: string) => `${name} deleted.`,
  account_disabled: (name: string) => `${name} is disabled. None of its credentials is accepted any more.`,
  account_enabled: (name: string) => `${name} is enabled again.`,
  signing_key_rotated: () => 'The signing keys took a step.',
  signing_keys_resealed: () => 'The signing keys hang on the master key of now.',
  issuer_added: (name: string) => `${name} is trusted.`,
  issuer_deleted: () => 'The issuer is deleted.',
  tenant_created: (name: string) => `Tenant ${name} created.`,
  tenant_deleted: (id: string) => `Tenant ${id} deleted.`,
  namespace_created: (id: string) => `Namespace ${id} created.`,
  rolled_back: () => 'Rolled back. This is a deployment too, and can be gone back from.',
  nothing_to_roll_back: () => 'The folder is as it was then: there was nothing to roll back.',
  user_created: (name: string) => `User ${name} created.`,
  user_let_in: (name: string, tenant: string) => `${name} has an account and now belongs to ${tenant}.`,
  user_removed: (name: string, tenant: string) => `${name} no longer belongs to ${tenant}.`,
  password_set: (name: string) => `The password of ${name} is set. All earlier sessions have ended.`,
  sessions_ended: (name: string) => `All sessions of ${name} have ended.`,
  invitation_withdrawn: (name: string) =>
    `The invitation of ${name} is withdrawn. Its link opens nothing any more.`,
  joined: (tenant: string) => `You now belong to ${tenant}.`,
  own_password_changed: () => 'Your password is changed. All your other sessions have ended.',
  session_ended: () => 'The session has ended.',
  other_sessions_ended: () => 'All your other sessions have ended.',
  role_granted: (role: string, namespace: string) => `${role} granted ${placeOf(namespace)}.`,
  role_taken: (role: string, namespace: string, subject: string) =>
    `${subject} no longer holds ${role} ${placeOf(namespace)}.`,
  role_created: (name: string) => `Role ${name} created.`,
  role_deleted: (name: string) => `Role ${name} deleted, with all its bindings.`,
  group_created: (name: string) => `Group ${name} created.`,
  group_deleted: (name: string) => `Group ${name} deleted, with all its bindings.`,
  members_added: (number: string, group: string) =>
    `${number === '1' ? 'One account' : `${number} accounts`} added to ${group}.`,
  member_removed: (name: string, group: string) => `${name} is no longer in ${group}.`,
  owner_made: (name: string, group: string) => `${name} is an owner of ${group}.`,
  owner_unmade: (name: string, group: string) => `${name} is a plain member of ${group}.`,
  groups_joined: (name: string, number: string) =>
    `${name} added to ${number === '1' ? 'one group' : `${number} groups`}.`,
  token_made_earlier: () => 'This token was created earlier. Its value cannot be shown again.',
  token_revoked: (name: string) => `${name} is revoked.`,
  credential_saved: (name: string) => `${name} is saved. Access tokens made by it before have ended.`,
  credential_created: (name: string) => `${name} is created. Workflow runs that it takes need no secret.`,
  credential_deleted: (name: string) => `${name} is deleted. Access tokens made by it have ended.`,
  issuer_trusted: () => 'Identity tokens of GitHub Actions are believed from now on.',
  impersonation_started: (name: string) => `You act as ${name} now.`,
  yourself_again: () => 'You are yourself again.',
  impersonation_over: () => 'The impersonation is over, and so is your own session. Sign in again.',
} satisfies Record<string, (...names: never[]) => string>

/** @param namespace empty for the whole tenant */
const placeOf = (namespace: string): string =>
  namespace === '' ? 'in the whole tenant' : `on ${namespace} and below`

export type FlashCode = keyof typeof SENTENCES

export interface Flash {
  readonly code: FlashCode
  readonly names: readonly string[]
}

export const FLASH_COOKIE = 'flash'
export const FLASH_LIFETIME_MS = 60_000

/** @param names what the sentence speaks of, in its order */
export const flash = (code: FlashCode, ...names: readonly string[]): Flash => ({ code, names })

export function sentenceOf({ code, names }: Flash): string {
  const sentence: (...names: string[]) => string = SENTENCES[code]
  return sentence(...names)
}

const Written = v.tuple([
  v.picklist(Object.keys(SENTENCES) as FlashCode[]),
  v.array(v.pipe(v.string(), v.maxLength(300))),
])

export const writeFlash = ({ code, names }: Flash): string =>
  JSON.stringify([code, names.map((name) => name.slice(0, 300))])

/** @returns nothing for what this console did not write */
export function readFlash(text: string | undefined): Flash | undefined {
  if (text === undefined) return undefined
  try {
    const parsed = v.safeParse(Written, JSON.parse(text))
    if (!parsed.success) return undefined
    const [code, names] = parsed.output
    return { code, names: [...names, '', ''] }
  } catch {
    return undefined
  }
}
