/**
 * The access explorer: may this account do that, and why. The address is the question, so that an answer can be passed
 * on. Everyone may ask about themselves.
 */

import * as v from 'valibot'
import { NamespaceId, TenantId } from '../../../shared/names.ts'
import { actionsOf, type Permission, resourceNames } from '../../../shared/permissions.ts'
import { PermissionName } from '../../../shared/wire/explain.ts'
import type { BindingInFull } from '../../access/bindings.ts'
import { allowedIn, type Explanation, explain, readHeld } from '../../access/explain.ts'
import { accountAsSubject, findSubjects, type Subject } from '../../accounts/subjects.ts'
import { signedIn } from '../../http/route.ts'
import type { Account } from '../../storage/accounts.ts'
import { searchNamespaces } from '../../tenancy/namespaces.ts'
import { firstOf } from '../list.ts'
import { page } from '../page.ts'
import { Icon } from '../parts/icon.tsx'
import { Matrix } from '../parts/matrix.tsx'
import { Notice } from '../parts/notice.tsx'
import { Held, Where } from '../parts/permissions.tsx'
import { SubjectName } from '../parts/subject.tsx'
import { Day } from '../parts/when.tsx'
import { Page } from '../shell.tsx'
import { at, may, useVisit, withQuery } from '../visit.ts'

/** What makes no sense in an address is as if it were not there; an account that is not found is said so. */
const orNothing = <S extends v.GenericSchema<string, unknown>>(schema: S) =>
  v.fallback(v.optional(schema), undefined)

export const explorerPage = page({
  path: '/:tenant/iam/access',
  access: signedIn,
  params: v.object({ tenant: TenantId }),
  query: v.object({
    account: v.optional(
      v.pipe(
        v.string(),
        v.trim(),
        v.transform((text) => text || undefined),
      ),
    ),
    permission: orNothing(PermissionName),
    namespace: orNothing(NamespaceId),
  }),
  show: async ({ edge: { db }, principal, params: { tenant }, query, visit }) => {
    const { account: who, permission, namespace } = query
    const found = await readHeld(db, principal, tenant, who)
    const mayAsk = may(visit, 'BINDING:LIST')
    if (!found.ok && found.error.code !== 'not_found') return found.error
    const namespaces = await searchNamespaces(db, principal, tenant, { ...firstOf(100), existing: true })
    const place = { tenant, ...(namespace === undefined ? {} : { namespace }) }
    const asked = found.ok ? found.value : undefined
    return (
      <Explorer
        who={asked?.account.name ?? who ?? ''}
        others={asked ? [] : await findSubjects(db, principal, tenant, who, ['USER', 'SERVICE_ACCOUNT'], 10)}
        account={asked?.account}
        permission={permission}
        namespace={namespace}
        namespaces={namespaces.results.map(({ id }) => id)}
        explanation={asked && permission && explain(asked.account, asked.held, { ...place, permission })}
        allowed={asked && allowedIn(asked.account, asked.held, place)}
        mayAsk={mayAsk}
      />
    )
  },
})

interface Props {
  readonly who: string
  /** Whom one may have meant. */
  readonly others: readonly Subject[]
  readonly account: Account | undefined
  readonly permission: Permission | undefined
  readonly namespace: string | undefined
  readonly namespaces: readonly string[]
  readonly explanation: Explanation | undefined
  readonly allowed: ReadonlySet<Permission> | undefined
  /** About others than oneself. */
  readonly mayAsk: boolean
}

function Explorer(props: Props) {
  const { account, allowed, namespace, permission, explanation } = props
  const { path } = useVisit()
  return (
    <Page
      title={account ? `Access explorer · ${account.name}` : 'Access explorer'}
      heading="Access explorer"
      lead="What an account may do, and why. The answer is the one that requests get; a token may be narrower."
    >
      <Question {...props} />
      {!account && <Unknown {...props} />}
      {account && explanation && permission && (
        <Answer account={account} explanation={explanation} permission={permission} namespace={namespace} />
      )}
      {account && allowed && (
        <section class="card" aria-labelledby="all">
          <header>
            <h2 id="all">
              All that it may do <There namespace={namespace} />
            </h2>
            <span class="muted small">
              {allowed.size === 1 ? '1 permission' : `${allowed.size} permissions`}
            </span>
          </header>
          <Matrix
            caption="All that it may do"
            isAllowed={(one) => allowed.has(one)}
            hrefOf={(one) => withQuery(path, { permission: one })}
          />
        </section>
      )}
    </Page>
  )
}

function Question({ who, permission, namespace, namespaces, mayAsk }: Props) {
  const { path } = useVisit()
  return (
    <form
      class="card question"
      action={new URL(path, 'https://console.invalid').pathname}
      aria-label="Question"
    >
      {mayAsk && (
        <div class="field">
          <label for="account">Who</label>
          <input
            id="account"
            name="account"
            value={who}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="account-hint"
          />
          <p class="hint" id="account-hint">
            E-mail address, name of a service account, or id.
          </p>
        </div>
      )}
      <div class="field">
        <label for="permission">Permission</label>
        <select id="permission" name="permission">
          <option value="">Only the overview</option>
          {resourceNames.map((resource) => (
            <optgroup label={resource}>
              {actionsOf(resource).map((action) => {
                const one = `${resource}:${action}`
                return <option selected={one === permission}>{one}</option>
              })}
            </optgroup>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="namespace">Namespace</label>
        <input
          id="namespace"
          name="namespace"
          value={namespace}
          list="namespaces"
          autocomplete="off"
          spellcheck={false}
          maxlength={150}
          aria-describedby="namespace-hint"
        />
        <p class="hint" id="namespace-hint">
          Left empty, the question is about the whole tenant.
        </p>
        <datalist id="namespaces">
          {namespaces.map((id) => (
            <option value={id} />
          ))}
        </datalist>
      </div>
      <button class="button primary">Ask</button>
    </form>
  )
}

function Unknown({ who, others }: Props) {
  const { path } = useVisit()
  return (
    <>
      <Notice tone="warn">
        No account of this tenant is called <bdi>{who}</bdi>
        {others.length > 0 ? '. Did you mean one of these?' : '.'}
      </Notice>
      {others.length > 0 && (
        <nav class="card" aria-label="Found">
          <ul class="rows">
            {others.map((one) => (
              <li>
                <SubjectName subject={one} href={withQuery(path, { account: one.id })} />
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  )
}

/** Where the question is about: this one namespace, whatever is below it. */
function There({ namespace }: Pick<Props, 'namespace'>) {
  if (namespace === undefined) return <>in the whole tenant</>
  return (
    <>
      in <bdi class="mono">{namespace}</bdi>
    </>
  )
}

interface AnswerProps {
  readonly account: Account
  readonly explanation: Explanation
  readonly permission: Permission
  readonly namespace: string | undefined
}

function Answer({ account, explanation, permission, namespace }: AnswerProps) {
  const { isAllowed, because, elsewhere, isBySuperadmin } = explanation
  return (
    <section class="card" aria-labelledby="answer">
      <header>
        <h2 id="answer" class={isAllowed ? 'answer yes' : 'answer no'}>
          <Icon name={isAllowed ? 'check' : 'alert'} size={22} />
          {isAllowed ? 'Allowed' : 'Denied'}
        </h2>
        <span class="muted">
          <span class="mono">{permission}</span> <There namespace={namespace} />
        </span>
      </header>
      <ol class="chains">
        {account.disabledAt !== null && (
          <li>
            <bdi>{account.name}</bdi> is disabled: nothing is allowed while it is.
          </li>
        )}
        {isBySuperadmin && (
          <Chain account={account}>
            <span>superadmin, which is enough by itself</span>
          </Chain>
        )}
        {because.map((one) => (
          <Reason account={account} bound={one}>
            <span>
              <Where namespace={one.binding.namespace} />
              {namespace !== undefined && one.binding.namespace !== namespace && (
                <>
                  , which covers <bdi class="mono">{namespace}</bdi>
                </>
              )}
            </span>
          </Reason>
        ))}
        {!isAllowed && because.length === 0 && !isBySuperadmin && (
          <li>
            {elsewhere.length === 0
              ? 'No role of it gives this permission anywhere in the tenant.'
              : 'Its roles give this permission, but only elsewhere:'}
          </li>
        )}
        {!isAllowed &&
          elsewhere.map((one) => (
            <Reason account={account} bound={one}>
              <span>
                only <Held namespace={one.binding.namespace} />
              </span>
            </Reason>
          ))}
      </ol>
    </section>
  )
}

/** Account → group → binding → role → place. */
function Reason({
  account,
  bound: { binding, role, group },
  children,
}: {
  readonly account: Account
  readonly bound: BindingInFull
  readonly children: unknown
}) {
  const visit = useVisit()
  const linked = (label: string, takes: Permission, ...address: string[]) =>
    may(visit, takes) ? (
      <a href={at(visit, 'iam', ...address)}>
        <bdi>{label}</bdi>
      </a>
    ) : (
      <bdi>{label}</bdi>
    )
  return (
    <Chain account={account}>
      {group && <span>member of {linked(group.name, 'GROUP:VIEW', 'groups', group.id)}</span>}
      <span>
        {linked('binding', 'BINDING:VIEW', 'bindings', binding.id)} since <Day at={binding.createdAt} />
      </span>
      <span>role {linked(role.name, 'ROLE:VIEW', 'roles', role.id)}</span>
      {children as never}
    </Chain>
  )
}

function Chain({ account, children }: { readonly account: Account; readonly children?: unknown }) {
  return (
    <li class="chain">
      <SubjectName subject={{ ...accountAsSubject(account), detail: '' }} />
      {children as never}
    </li>
  )
}
