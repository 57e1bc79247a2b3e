/** An account's own page: its API tokens, and beside them what it is in and what it has. */

import * as v from 'valibot'
import { listTokens } from '../../../tokens/api-tokens.ts'
import { type Page, page } from '../../page.ts'
import { mayUse } from '../../visit.ts'
import { Beside, readBeside } from './beside.tsx'
import { newTokenForm } from './new-token.tsx'
import type { Found, Place } from './place.ts'
import { revokeForm } from './revoke.tsx'
import { rotateForm } from './rotate.tsx'
import { tokenPage } from './token.tsx'
import { Tokens } from './token-list.tsx'

/** Every page about the tokens of an account in one place. */
export const tokenPages = <F extends Found>(place: Place<F>): Page[] => [
  tokensPage(place),
  newTokenForm(place),
  tokenPage(place),
  revokeForm(place),
  rotateForm(place),
]

const tokensPage = <F extends Found>(place: Place<F>): Page =>
  page({
    path: `${place.path}${place.listPath}`,
    access: place.access.view,
    params: v.intersect([place.params, v.object({})]),
    show: async ({ edge, principal, params, visit }) => {
      const found = await place.find(edge, principal, params)
      if (!found.ok) return found.error
      const { account } = found.value
      const [tokens, beside] = await Promise.all([
        listTokens(edge.db, account.id),
        readBeside(edge, visit, found.value),
      ])
      const { Frame } = place
      return (
        <Frame found={found.value} tab="tokens">
          <div class="columns">
            <div>
              <Tokens
                tokens={tokens}
                addressOf={(...parts) => place.at(visit, found.value, 'tokens', ...parts)}
                mayMint={mayUse(visit, place.access.mint) && !visit.principal?.impersonator}
                mayRevoke={mayUse(visit, place.access.revoke)}
              />
            </div>
            <Beside {...beside} addressOf={(...parts) => place.at(visit, found.value, ...parts)} />
          </div>
        </Frame>
      )
    },
  })
