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
