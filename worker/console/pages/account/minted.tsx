/** The one page with a token's value. It has no address, and is not kept anywhere. */

import type { Edge } from '../../../edge.ts'
import { listTokens } from '../../../tokens/api-tokens.ts'
import type { MintedToken } from '../../../tokens/mint.ts'
import type { Done } from '../../page.ts'
import { Icon } from '../../parts/icon.tsx'
import { Instant } from '../../parts/when.tsx'
import { lengthOf } from '../../times.ts'
import { mayUse, useVisit, type Visit } from '../../visit.ts'
import { Beside, readBeside } from './beside.tsx'
import { type Found, listAt, type Place } from './place.ts'
import { Snippets, VARIABLE } from './snippets.tsx'
import { Tokens } from './token-list.tsx'

export async function mintedPage<F extends Found>(
  edge: Edge,
  place: Place<F>,
  found: F,
  visit: Visit,
  minted: MintedToken,
): Promise<Done> {
  const [tokens, beside] = await Promise.all([
    listTokens(edge.db, found.account.id),
    readBeside(edge, visit, found),
  ])
  const { Frame } = place
  const addressOf = (...parts: string[]) => place.at(visit, found, ...parts)
  return {
    kind: 'shown',
    page: (
      <Frame found={found} tab="tokens" deed="Token is ready">
        <div class="columns">
          <div>
            <Minted minted={minted} back={listAt(place, visit, found)} />
            <Tokens
              tokens={tokens}
              freshId={minted.token.id}
              addressOf={(...parts) => addressOf('tokens', ...parts)}
              mayMint={mayUse(visit, place.access.mint)}
              mayRevoke={mayUse(visit, place.access.revoke)}
            />
          </div>
          <Beside {...beside} addressOf={addressOf} />
        </div>
      </Frame>
    ),
  }
}

function Minted({ minted: { token, fullToken }, back }: { minted: MintedToken; back: string }) {
  const { origin, tenant } = useVisit()
  const file = `${VARIABLE}=${fullToken}\n`
  return (
    <section class="secret" aria-labelledby="ready" data-secret={back}>
      <header>
        <Icon name="check" size={28} />
        <div>
          <h2 id="ready" tabindex={-1} data-focus>
            Token <bdi class="mono">{token.name}</bdi> is ready
          </h2>
          <p class="muted">Copy it now. Postern keeps only its fingerprint, so nobody can show it again.</p>
        </div>
      </header>
      <div class="body">
        <div class="value">
          <input
            id="token"
            readonly
            value={fullToken}
            aria-label="Token"
            autocomplete="off"
            spellcheck={false}
          />
          <button type="button" class="button" data-copy="token" hidden>
            <Icon name="copy" />
            <span>Copy</span>
          </button>
          <a
            class="button"
            download={`${token.name}.env`}
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
            data-keeps
          >
            <Icon name="download" />
            .env file
          </a>
        </div>
        <p>
          <Terms token={token} />
        </p>
        <Snippets origin={origin} tenant={tenant} />
        <div class="actions">
          <a class="button primary" href={back} data-keeps>
            I have stored it
          </a>
          <span class="muted">Lost it? Create another and revoke this one.</span>
        </div>
      </div>
    </section>
  )
}

function Terms({ token: { expiresAt, extendsBy } }: Pick<MintedToken, 'token'>) {
  if (expiresAt === null) return <>It does not expire: it is good until somebody revokes it.</>
  return (
    <>
      Expires{' '}
      <strong>
        <Instant at={expiresAt} />
      </strong>
      {extendsBy !== null && (
        <>
          , and each use restarts its Max Age of <strong>{lengthOf(extendsBy)}</strong>
        </>
      )}
      .
    </>
  )
}
