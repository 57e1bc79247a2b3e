/** Inviting somebody: who has an account comes in at once, for others there is a link, shown once. */

import * as v from 'valibot'
import { Email, NamespaceId, TenantId } from '../../../../shared/names.ts'
import { Id } from '../../../../shared/wire/common.ts'
import { type Invitation, invite } from '../../../accounts/invitations.ts'
import { permit } from '../../../http/route.ts'
import { type Group, listGroups } from '../../../storage/groups.ts'
import { listRoles, type Role } from '../../../storage/roles.ts'
import { several, ticked } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { firstOf } from '../../list.ts'
import { form, movedTo } from '../../page.ts'
import { Checks, Field, Form, Switch } from '../../parts/form.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Instant } from '../../parts/when.tsx'
import { Page } from '../../shell.tsx'
import { at, may, useVisit } from '../../visit.ts'

const MAX = 20
const few = v.pipe(several(Id), v.maxLength(MAX, `must be at most ${MAX}`))

/** As people write lists: with commas, spaces or both. */
const Namespaces = v.pipe(
  v.optional(v.string(), ''),
  v.transform((text) => text.split(/[\s,]+/).filter(Boolean)),
  v.maxLength(MAX, `must be at most ${MAX}`),
  v.array(NamespaceId),
)

export const inviteForm = form({
  path: '/:tenant/iam/users/invite',
  access: permit('INVITATION:CREATE'),
  params: v.object({ tenant: TenantId }),
  fields: v.object({ email: Email, roles: few, namespaces: Namespaces, groups: few, superadmin: ticked }),
  about: {
    tenant_access_already: 'email',
    invitation_pending: 'email',
    grant_exceeds_own: 'roles',
    superadmin_required: 'superadmin',
  },
  show: async ({ edge: { db }, params: { tenant }, visit }) => {
    const [roles, groups] = await Promise.all([
      may(visit, 'ROLE:LIST') ? listRoles(db, tenant, firstOf(100)) : undefined,
      may(visit, 'GROUP:LIST') ? listGroups(db, tenant, firstOf(100)) : undefined,
    ])
    return <Invite roles={roles?.results ?? []} groups={groups?.results ?? []} />
  },
  act: async (
    { edge, principal, params: { tenant }, visit },
    { email, roles, namespaces, groups, superadmin },
  ) => {
    const invited = await invite(edge.db, edge.keys, principal, tenant, {
      email,
      roles: roles.map((id) => ({ id, namespaces })),
      groups,
      superAdmin: superadmin,
    })
    if (!invited.ok) return invited.error
    if (!invited.value) return movedTo(at(visit, 'iam', 'users'), flash('user_let_in', email, tenant))
    const { invitation, token } = invited.value
    const link = `${visit.origin}${visit.base}/invitations/${token}`
    return { kind: 'shown', page: <Ready invitation={invitation} link={link} /> }
  },
})

interface Props {
  /** What can be promised. */
  readonly roles: readonly Role[]
  readonly groups: readonly Group[]
}

function Invite({ roles, groups }: Props) {
  const visit = useVisit()
  const list = at(visit, 'iam', 'users')
  const optionOf = ({ id, name, description }: Role | Group) => ({
    value: id,
    label: name,
    hint: description,
  })
  return (
    <Page
      title="Invite"
      heading={`Invite into ${visit.tenant}`}
      crumbs={[['Users', list]]}
      lead="You get a link to hand over: Postern sends no mail. Who has an account already comes in at once."
    >
      <Form submit="Invite" cancel={list}>
        <Field name="email" label="E-mail address" type="email" isRequired isFocused maxLength={254} />
        {roles.length > 0 && (
          <>
            <Checks name="roles" label="Roles" options={roles.map(optionOf)} />
            <Field
              name="namespaces"
              label="Namespaces"
              placeholder="company.team, company.prod"
              hint="Where these roles hold, with all namespaces below. Left empty: in the whole tenant."
            />
          </>
        )}
        {groups.length > 0 && (
          <Checks
            name="groups"
            label="Groups"
            hint="They get what their roles give."
            options={groups.map(optionOf)}
          />
        )}
        {visit.principal?.isSuperadmin && (
          <Switch
            name="superadmin"
            label="Superadmin"
            hint="Administers accounts, roles and settings of every tenant."
          />
        )}
      </Form>
    </Page>
  )
}

function Ready({ invitation, link }: { readonly invitation: Invitation; readonly link: string }) {
  const visit = useVisit()
  const list = at(visit, 'iam', 'users', 'invitations')
  return (
    <Page
      title="Invitation"
      crumbs={[
        ['Users', at(visit, 'iam', 'users')],
        ['Invitations', list],
      ]}
    >
      <section class="secret" data-secret={list} aria-labelledby="ready">
        <header>
          <Icon name="check" size={22} />
          <div>
            <h2 id="ready" tabindex={-1} data-focus>
              The invitation of <bdi>{invitation.email}</bdi> is ready
            </h2>
            <p>
              Copy the link now and hand it over. Postern keeps only its fingerprint: nobody can show it
              again.
            </p>
          </div>
        </header>
        <div class="body">
          <div class="value">
            <input id="link" value={link} readonly aria-label="Invitation link" />
            <button type="button" class="button" data-copy="link" hidden>
              <Icon name="copy" />
              <span>Copy</span>
            </button>
          </div>
          <p>
            Whoever has it chooses a password and comes in, once, until{' '}
            <strong>
              <Instant at={invitation.expiresAt} />
            </strong>
            .
          </p>
          <div class="actions">
            <a class="button primary" href={list} data-keeps>
              I have copied it
            </a>
            <span class="muted small">Lost it? Withdraw the invitation and invite again.</span>
          </div>
        </div>
      </section>
    </Page>
  )
}
