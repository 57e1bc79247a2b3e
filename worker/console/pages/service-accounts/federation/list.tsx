/** The federated credentials of a service account, and what a workflow needs to use one. */

import * as v from 'valibot'
import { GITHUB, WriteIssuer } from '../../../../../shared/wire/federation.ts'
import { readServiceAccount } from '../../../../accounts/service-accounts.ts'
import { type CredentialInFull, listCredentials } from '../../../../federation/credentials.ts'
import { createIssuer, listIssuers } from '../../../../federation/issuers.ts'
import { permit, superadmin } from '../../../../http/route.ts'
import { flash } from '../../../flash.ts'
import { form, movedTo, page } from '../../../page.ts'
import { Empty } from '../../../parts/empty.tsx'
import { CsrfField } from '../../../parts/form.tsx'
import { Icon } from '../../../parts/icon.tsx'
import { Notice } from '../../../parts/notice.tsx'
import { Pill } from '../../../parts/pill.tsx'
import { Table } from '../../../parts/table.tsx'
import { Day } from '../../../parts/when.tsx'
import { at, may, useVisit } from '../../../visit.ts'
import { AccountPage, accountParams } from '../account.tsx'
import { CLAIMS } from './claims.ts'
import { Workflow } from './workflow.tsx'

const path = '/:tenant/iam/service-accounts/:id/federation'

export const credentialsPage = page({
  path,
  access: permit('SERVICE_ACCOUNT:VIEW'),
  params: accountParams,
  show: async ({ edge, principal, params: { tenant, id } }) => {
    const found = await readServiceAccount(edge.db, id, tenant)
    if (!found.ok) return found.error
    // Which issuers there are is for superadmins to know, as in the API.
    const issuers = principal.isSuperadmin ? await listIssuers(edge.db) : undefined
    return (
      <AccountPage found={found.value} tab="federation">
        {issuers && !issuers.some(({ issuer }) => issuer === GITHUB.issuer) && <TrustGithub id={id} />}
        <Credentials id={id} credentials={await listCredentials(edge.db, id)} />
        <Workflow account={found.value.account.name} />
      </AccountPage>
    )
  },
})

/** Part of the list's page: of GitHub's issuer all is known. */
export const trustGithubForm = form({
  path: `${path}/trust-github`,
  access: superadmin,
  params: accountParams,
  fields: v.object({}),
  act: async ({ edge, principal, params: { id }, visit }) => {
    const trusted = await createIssuer(edge.db, principal, v.parse(WriteIssuer, { issuer: GITHUB.issuer }))
    return trusted.ok
      ? movedTo(at(visit, 'iam', 'service-accounts', id, 'federation'), flash('issuer_trusted'))
      : trusted.error
  },
})

function TrustGithub({ id }: { readonly id: string }) {
  const visit = useVisit()
  const action = at(visit, 'iam', 'service-accounts', id, 'federation', 'trust-github')
  return (
    <Notice tone="info">
      <form class="form" method="post" action={action}>
        <p>
          This Postern does not believe identity tokens of GitHub Actions yet. Trusting their issuer lets
          nobody in by itself: a run also needs a federated credential that takes it.
        </p>
        <CsrfField />
        <button class="button">Trust GitHub Actions</button>
      </form>
    </Notice>
  )
}

function Credentials({ id, credentials }: { id: string; credentials: readonly CredentialInFull[] }) {
  const visit = useVisit()
  const { now } = visit
  const to = (...parts: string[]) => at(visit, 'iam', 'service-accounts', id, 'federation', ...parts)
  const create = may(visit, 'SERVICE_ACCOUNT:UPDATE') && !visit.principal?.impersonator && (
    <a class="button" href={to('new')}>
      <Icon name="plus" />
      Create federated credential
    </a>
  )
  return (
    <section class="card" aria-labelledby="credentials">
      <header>
        <h2 id="credentials">Federated credentials</h2>
        {credentials.length > 0 && create}
      </header>
      {credentials.length === 0 ? (
        <Empty icon="link" action={create}>
          None yet. A federated credential says which runs of a GitHub workflow may act as this account, so
          that the repository has no secret to store.
        </Empty>
      ) : (
        <Table
          caption="Federated credentials"
          rows={credentials}
          columns={[
            {
              label: 'Name',
              show: ({ credential }) => (
                <span class="two">
                  {may(visit, 'SERVICE_ACCOUNT:UPDATE') ? (
                    <a class="row" href={to(credential.id)}>
                      <bdi>{credential.name}</bdi>
                    </a>
                  ) : (
                    <bdi>{credential.name}</bdi>
                  )}
                  <span class="mono">{`repository ${credential.repositoryId}`}</span>
                </span>
              ),
            },
            {
              label: 'Status',
              show: ({ credential: { isEnabled, expiresAt }, issuer }) => {
                if (!isEnabled || !issuer.isEnabled) return <Pill tone="mute">Disabled</Pill>
                if (expiresAt !== null && expiresAt <= now) return <Pill tone="bad">Expired</Pill>
                return <Pill tone="ok">Active</Pill>
              },
            },
            {
              label: 'Takes runs of',
              show: ({ credential: { match } }) => (
                <span class="two plain">
                  {CLAIMS.filter(({ isShown, name }) => isShown && match[name] !== undefined).map(
                    ({ name }) => (
                      <bdi class="mono">{[match[name] ?? []].flat().join(', ')}</bdi>
                    ),
                  )}
                </span>
              ),
            },
            {
              label: 'Expires',
              show: ({ credential: { expiresAt } }) =>
                expiresAt === null ? <span class="muted">Never</span> : <Day at={expiresAt} />,
            },
          ]}
        />
      )}
    </section>
  )
}
