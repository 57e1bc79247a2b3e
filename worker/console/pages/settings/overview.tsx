/** What holds for the whole instance. For its administrators alone. */

import type { MasterKeyState } from '../../../../shared/wire/keys.ts'
import { MAX_COUNTED, readMasterKeyState } from '../../../accounts/master-key.ts'
import { type Issuer, listIssuers } from '../../../federation/issuers.ts'
import { superadmin } from '../../../http/route.ts'
import { listSigningKeys, type SigningKeyRow } from '../../../tokens/signing-keys.ts'
import { page } from '../../page.ts'
import { Empty } from '../../parts/empty.tsx'
import { CsrfField } from '../../parts/form.tsx'
import { Pill, type Tone } from '../../parts/pill.tsx'
import { Table } from '../../parts/table.tsx'
import { Day, When } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { useVisit } from '../../visit.ts'

export const settingsPage = page({
  path: '/settings',
  access: superadmin,
  show: async ({ edge: { db, keys }, now }) => {
    const [signingKeys, masterKey, issuers] = await Promise.all([
      listSigningKeys(db),
      readMasterKeyState(db, keys, now),
      listIssuers(db),
    ])
    return <Settings signingKeys={signingKeys} masterKey={masterKey} issuers={issuers} />
  },
})

interface Props {
  readonly signingKeys: readonly SigningKeyRow[]
  readonly masterKey: MasterKeyState
  readonly issuers: readonly Issuer[]
}

function Settings({ signingKeys, masterKey, issuers }: Props) {
  const { base, maxStalenessMs } = useVisit()
  return (
    <Page
      title="Settings"
      lead="What holds for all tenants."
      actions={
        <>
          <a class="button" href={`${base}/settings/tenants`}>
            Tenants
          </a>
          <a class="button" href={`${base}/audit`}>
            Audit log of all tenants
          </a>
        </>
      }
    >
      <section class="card" aria-labelledby="revocation">
        <header>
          <h2 id="revocation">Revocation</h2>
        </header>
        <div class="body">
          <p>
            What is revoked stops working <strong>at once</strong> where something is written or managed, and
            within <strong>{maxStalenessMs / 1000} seconds</strong> where something is read. The setting
            MAX_STALENESS_SECONDS says how many.
          </p>
        </div>
      </section>
      <SigningKeys rows={signingKeys} />
      <Issuers rows={issuers} />
      <MasterKey state={masterKey} />
    </Page>
  )
}

const STATES: Readonly<Record<SigningKeyRow['state'], readonly [string, Tone]>> = {
  next: ['Published', 'info'],
  active: ['Signing', 'ok'],
  retiring: ['Retiring', 'mute'],
}

function SigningKeys({ rows }: { readonly rows: readonly SigningKeyRow[] }) {
  const { base } = useVisit()
  return (
    <section class="card" aria-labelledby="signing-keys">
      <header>
        <h2 id="signing-keys">Signing keys</h2>
        <a class="button small" href={`${base}/settings/signing-keys/rotate`}>
          Rotate
        </a>
      </header>
      {rows.length === 0 ? (
        <Empty icon="key">The first one is made when the first access token is asked for.</Empty>
      ) : (
        <Table
          caption="Signing keys"
          rows={rows}
          columns={[
            { label: 'Key', show: ({ kid }) => <span class="mono">{kid}</span> },
            { label: 'State', show: ({ state }) => <Pill tone={STATES[state][1]}>{STATES[state][0]}</Pill> },
            { label: 'Since', show: ({ since }) => <When at={since} /> },
            { label: 'Made', show: ({ createdAt }) => <Day at={createdAt} /> },
          ]}
        />
      )}
      <footer>Access tokens are signed with them. A key is replaced after 90 days by itself.</footer>
    </section>
  )
}

function Issuers({ rows }: { readonly rows: readonly Issuer[] }) {
  const { base } = useVisit()
  return (
    <section class="card" aria-labelledby="issuers">
      <header>
        <h2 id="issuers">Issuers</h2>
        <a class="button small" href={`${base}/settings/issuers/new`}>
          Add
        </a>
      </header>
      {rows.length === 0 ? (
        <Empty icon="shield">
          With an issuer, such as GitHub Actions, a workflow can act as a service account without a stored
          secret.
        </Empty>
      ) : (
        <Table
          caption="Issuers"
          rows={rows}
          columns={[
            {
              label: 'Name',
              show: ({ id, name, issuer }) => (
                <span class="two">
                  <a class="row" href={`${base}/settings/issuers/${encodeURIComponent(id)}`}>
                    <bdi>{name}</bdi>
                  </a>
                  <bdi>{issuer}</bdi>
                </span>
              ),
            },
            {
              label: 'State',
              show: ({ isEnabled }) => (
                <Pill tone={isEnabled ? 'ok' : 'mute'}>{isEnabled ? 'Trusted' : 'Disabled'}</Pill>
              ),
            },
            {
              label: 'Algorithms',
              show: ({ algorithms }) => <span class="mono">{algorithms.join(' ')}</span>,
            },
          ]}
        />
      )}
    </section>
  )
}

function MasterKey({ state: { version, previous, remaining } }: { readonly state: MasterKeyState }) {
  const { base } = useVisit()
  const { tokens, passwords, signingKeys } = remaining
  const isDone = tokens + passwords + signingKeys === 0
  return (
    <section class="card" aria-labelledby="master-key">
      <header>
        <h2 id="master-key">Master key</h2>
        {!isDone && (
          <form method="post" action={`${base}/settings/master-key/reseal`}>
            <CsrfField />
            <button class="button small">Reseal signing keys</button>
          </form>
        )}
      </header>
      <dl class="facts wide">
        <dt>Version</dt>
        <dd class="mono">{version || '–'}</dd>
        {previous && (
          <>
            <dt>The one before</dt>
            <dd class="mono">{previous}</dd>
          </>
        )}
        <dt>Still on another</dt>
        <dd>
          {isDone
            ? 'Nothing'
            : `${shown(tokens)} tokens, ${shown(passwords)} passwords, ${signingKeys} signing keys. Tokens and passwords move when they are used.`}
        </dd>
      </dl>
    </section>
  )
}

const shown = (counted: number): string => (counted < MAX_COUNTED ? String(counted) : `${counted} or more`)
