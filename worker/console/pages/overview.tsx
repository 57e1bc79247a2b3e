/** Where the console starts. Who is not signed in does so here: Kestra's clients look for the session's token on it. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { type AuditRow, listAuditLogs } from '../../audit/read.ts'
import { cookieOf } from '../../http/cookies.ts'
import { anyone } from '../../http/route.ts'
import { type Concern, findConcerns } from '../../storage/attention.ts'
import { totalsOf } from '../../storage/listing.ts'
import { firstOf } from '../list.ts'
import { movedTo, page } from '../page.ts'
import { Concerns } from '../parts/concerns.tsx'
import { Icon } from '../parts/icon.tsx'
import { When } from '../parts/when.tsx'
import { Page } from '../shell.tsx'
import { SOON_MS } from '../status.ts'
import { at, may, useVisit, type Visit } from '../visit.ts'
import { SignInPage } from './sign-in.tsx'

const YEAR_MS = 365 * 86_400_000
const RECENT = 8

export const overviewPage = page({
  path: '/',
  access: anyone,
  query: v.object({ tenant: v.fallback(v.optional(TenantId), undefined) }),
  show: async ({ edge: { db }, principal, query, visit, now }) => {
    if (!principal) return <SignInPage />
    // What is looked at is remembered, and nothing else comes of it.
    if (query.tenant !== undefined) {
      const isTheirs = visit.tenants.includes(query.tenant)
      const cookies = isTheirs ? [cookieOf('tenant', query.tenant, visit.origin, YEAR_MS)] : []
      return movedTo(`${visit.base}/`, undefined, cookies)
    }
    const { tenant } = visit
    const lists = listsOf(visit)
    const maySee = may(visit, 'SERVICE_ACCOUNT:VIEW')
    const kinds = [
      ...(maySee ? (['SERVICE_ACCOUNT'] as const) : []),
      ...(principal.isSuperadmin ? (['USER'] as const) : []),
    ]
    const [totals, concerns, recent] = await Promise.all([
      totalsOf(
        db,
        lists.map(({ list }) => list),
      ),
      kinds.length > 0 ? findConcerns(db, tenant, { kinds, now, soonMs: SOON_MS }) : undefined,
      may(visit, 'AUDITLOG:LIST') ? listAuditLogs(db, firstOf(RECENT), tenant) : undefined,
    ])
    const counts = lists.map(({ list, ...count }) => ({ ...count, total: totals.get(list) ?? 0 }))
    return <Overview counts={counts} concerns={concerns} recent={recent?.results} />
  },
})

interface Count {
  readonly label: string
  readonly href: string
  readonly total: number
}

/** What is counted, as far as the reader may see it listed. */
function listsOf(visit: Visit) {
  const { tenant } = visit
  const lists = [
    [
      'Service accounts',
      'service-accounts',
      'SERVICE_ACCOUNT:LIST',
      `tenant_access ${tenant} SERVICE_ACCOUNT`,
    ],
    ['Users', 'users', 'USER:LIST', `tenant_access ${tenant} USER`],
    ['Groups', 'groups', 'GROUP:LIST', `groups ${tenant}`],
    ['Roles', 'roles', 'ROLE:LIST', `roles ${tenant}`],
    ['Bindings', 'bindings', 'BINDING:LIST', `bindings ${tenant}`],
  ] as const
  return lists
    .filter(([, , permission]) => may(visit, permission))
    .map(([label, part, , list]) => ({ label, href: at(visit, 'iam', part), list }))
}

interface Props {
  readonly counts: readonly Count[]
  /** Each absent where it is not for the reader to see. */
  readonly concerns: readonly Concern[] | undefined
  readonly recent: readonly AuditRow[] | undefined
}

function Overview({ counts, concerns, recent }: Props) {
  const visit = useVisit()
  const isNew = counts.some(({ label, total }) => label === 'Service accounts' && total === 0)
  return (
    <Page title="Overview" lead="Who may call Kestra, with what, and for how long.">
      {counts.length > 0 && (
        <ul class="counts">
          {counts.map(({ label, href, total }) => (
            <li>
              <a href={href}>
                <strong>{new Intl.NumberFormat('en').format(total)}</strong> {label}
              </a>
            </li>
          ))}
        </ul>
      )}
      <div class="columns">
        <div>
          {isNew && may(visit, 'SERVICE_ACCOUNT:CREATE') ? (
            <FirstSteps />
          ) : (
            concerns && <Concerns found={concerns} />
          )}
          {recent && <Recent rows={recent} />}
          {counts.length === 0 && !recent && (
            <section class="card">
              <div class="body">
                <p>
                  You are signed in, and hold no role in {visit.tenant} that shows anything here. Your{' '}
                  <a href={`${visit.base}/me`}>profile</a> has your API tokens and your password; the{' '}
                  <a href={at(visit, 'iam', 'access')}>access explorer</a> says what you may do.
                </p>
              </div>
            </section>
          )}
        </div>
        <Connect />
      </div>
    </Page>
  )
}

/** Of an installation that has nothing yet. */
function FirstSteps() {
  const visit = useVisit()
  return (
    <section class="card" aria-labelledby="first">
      <header>
        <h2 id="first">First steps</h2>
      </header>
      <div class="body">
        <p>
          A service account stands for one application, such as a pipeline that deploys scripts. Give it a
          role in a namespace and an API token, and it can call Kestra with just that.
        </p>
        <div class="actions">
          <a class="button primary" href={at(visit, 'iam', 'service-accounts', 'new')}>
            <Icon name="plus" />
            Create the first service account
          </a>
          {may(visit, 'INVITATION:CREATE') && (
            <a class="button" href={at(visit, 'iam', 'users', 'invite')}>
              Invite people
            </a>
          )}
        </div>
      </div>
    </section>
  )
}

const DEEDS: Readonly<Record<string, string>> = {
  CREATE: 'created a',
  UPDATE: 'changed a',
  DELETE: 'deleted a',
  LOGIN: 'signed in:',
  LOGOUT: 'signed out:',
  LOGIN_FAILURE: 'did not sign in:',
  ACCOUNT_LOCKED: 'is locked out for a while:',
  IMPERSONATE: 'impersonated a',
}

function Recent({ rows }: { readonly rows: readonly AuditRow[] }) {
  const visit = useVisit()
  return (
    <section class="card" aria-labelledby="recent">
      <header>
        <h2 id="recent">Latest changes</h2>
        <a href={at(visit, 'iam', 'audit')}>Audit log</a>
      </header>
      {rows.length === 0 ? (
        <p class="body">Nothing was changed here yet.</p>
      ) : (
        <ul class="trail">
          {rows.map(({ log }) => (
            <li>
              <span>
                <bdi>{log.actorName || 'Somebody'}</bdi>
                {log.impersonatorName && (
                  <>
                    , acted as by <bdi>{log.impersonatorName}</bdi>,
                  </>
                )}{' '}
                {DEEDS[log.type] ?? log.type}{' '}
                <a href={at(visit, 'iam', 'audit', log.id)}>
                  {log.resource.toLowerCase().replaceAll('_', ' ')}
                </a>
              </span>
              <When at={log.at} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** What clients are told to find this Postern. */
function Connect() {
  const { origin, tenant } = useVisit()
  return (
    <aside aria-label="For clients">
      <section class="card">
        <header>
          <h2>For clients</h2>
        </header>
        <dl class="facts">
          <dt>Server</dt>
          <dd class="mono">{origin}</dd>
          <dt>Tenant</dt>
          <dd class="mono">{tenant}</dd>
          <dt>API</dt>
          <dd>
            <a href="/docs">Reference</a>
          </dd>
        </dl>
      </section>
    </aside>
  )
}
