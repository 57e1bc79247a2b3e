/** Who is signed in, and to which account: without that, nothing else is worth trying. */

import { type Wrangler, WranglerFailure } from '../wrangler.ts'
import { Refusal } from './ask.ts'
import type { Target } from './target.ts'

/**
 * @returns its name
 * @throws {Refusal} when wrangler is not signed in, or could not choose among several accounts
 */
export async function requireAccount(
  wrangler: Wrangler,
  { accountId }: Target,
  { CLOUDFLARE_ACCOUNT_ID }: NodeJS.ProcessEnv,
): Promise<string> {
  const asked = await wrangler(['whoami', '--json']).catch((error: unknown) => {
    if (!(error instanceof WranglerFailure) || !/"loggedIn":\s*false/.test(error.output)) throw error
    throw new Refusal(
      'wrangler is not signed in. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token that may edit Workers Scripts, D1, Workers KV Storage and Workers R2 Storage.',
    )
  })
  const { accounts } = JSON.parse(asked) as { accounts: readonly { id: string; name: string }[] }
  const [only] = accounts.length === 1 ? accounts : []
  const id = accountId ?? CLOUDFLARE_ACCOUNT_ID ?? only?.id
  if (id === undefined) {
    const list = accounts.map((account) => `  ${account.id}  ${account.name}`).join('\n')
    throw new Refusal(`Set CLOUDFLARE_ACCOUNT_ID to the account to deploy to:\n${list}`)
  }
  return accounts.find((account) => account.id === id)?.name ?? id
}
