/** Issuers whose assertions may be exchanged: trusted, changed, switched off, forgotten. */

import * as v from 'valibot'
import { Id } from '../../../../shared/wire/common.ts'
import { ALGORITHMS, type Algorithm, GITHUB, WriteIssuer } from '../../../../shared/wire/federation.ts'
import {
  createIssuer,
  type Issuer,
  readIssuer,
  removeIssuer,
  replaceIssuer,
} from '../../../federation/issuers.ts'
import { superadmin } from '../../../http/route.ts'
import { several, ticked } from '../../fields.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Checks, Field, Form, Switch } from '../../parts/form.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Page } from '../../shell.tsx'
import { useVisit, type Visit } from '../../visit.ts'

const IssuerForm = v.pipe(
  v.object({
    issuer: v.string(),
    name: v.optional(v.string(), ''),
    jwksUri: v.optional(v.string(), ''),
    algorithms: several(v.string()),
    enabled: ticked,
  }),
  v.transform(
    ({ issuer, name, jwksUri, algorithms, enabled }): v.InferInput<typeof WriteIssuer> => ({
      issuer,
      name: name || null,
      jwksUri: jwksUri || null,
      // Whether these are known, WriteIssuer says.
      algorithms: algorithms.length > 0 ? (algorithms as Algorithm[]) : null,
      enabled,
    }),
  ),
  WriteIssuer,
)

const params = v.object({ id: Id })
const settingsOf = ({ base }: Visit) => `${base}/settings`

export const issuerForms = [
  form({
    path: '/settings/issuers/new',
    access: superadmin,
    fields: IssuerForm,
    about: { issuer_taken: 'issuer' },
    show: async () => <IssuerPage title="Add issuer" submit="Save" />,
    act: async ({ edge, principal, visit }, written) => {
      const created = await createIssuer(edge.db, principal, written)
      return created.ok ? movedTo(settingsOf(visit), flash('issuer_added', written.name)) : created.error
    },
  }),
  form({
    path: '/settings/issuers/:id',
    access: superadmin,
    params,
    fields: IssuerForm,
    about: { issuer_taken: 'issuer' },
    show: async ({ edge, params: { id } }) => {
      const found = await readIssuer(edge.db, id)
      return found.ok ? (
        <IssuerPage title={found.value.name} submit="Save" issuer={found.value} />
      ) : (
        found.error
      )
    },
    act: async ({ edge, principal, params: { id }, visit }, written) => {
      const replaced = await replaceIssuer(edge.db, principal, id, written)
      return replaced.ok ? movedTo(settingsOf(visit), flash('saved')) : replaced.error
    },
  }),
  form({
    path: '/settings/issuers/:id/delete',
    access: superadmin,
    params,
    fields: v.object({}),
    show: async ({ edge, params: { id } }) => {
      const found = await readIssuer(edge.db, id)
      return found.ok ? <DeletePage issuer={found.value} /> : found.error
    },
    act: async ({ edge, principal, params: { id }, visit }) => {
      const removed = await removeIssuer(edge.db, principal, id)
      return removed.ok ? movedTo(settingsOf(visit), flash('issuer_deleted')) : removed.error
    },
  }),
]

interface Props {
  readonly title: string
  readonly submit: string
  readonly issuer?: Issuer
}

function IssuerPage({ title, submit, issuer }: Props) {
  const visit = useVisit()
  const settings = settingsOf(visit)
  return (
    <Page
      title={`${title} · Issuers`}
      heading={<bdi>{title}</bdi>}
      lead="Its signed tokens can be exchanged for access tokens of a service account that has a federated credential for them."
      crumbs={[['Settings', settings]]}
      actions={
        issuer && (
          <a class="button" href={`${settings}/issuers/${encodeURIComponent(issuer.id)}/delete`}>
            Delete
          </a>
        )
      }
    >
      <Form submit={submit} cancel={settings}>
        <Field
          name="issuer"
          label="Issuer"
          isRequired
          isFocused
          value={issuer?.issuer ?? GITHUB.issuer}
          hint="The iss of its tokens, letter by letter."
        />
        <Field
          name="name"
          label="Name"
          value={issuer?.name ?? ''}
          hint="For GitHub Actions and others it can be left out."
        />
        <Field
          name="jwksUri"
          label="Address of its keys"
          value={issuer?.jwksUri ?? ''}
          hint="The JWKS. Of GitHub Actions it is known; it is never taken from a token."
        />
        <Checks
          name="algorithms"
          label="Algorithms"
          values={issuer?.algorithms ?? []}
          options={ALGORITHMS.map((one) => ({ value: one, label: one }))}
          hint="None ticked means the issuer’s usual one."
        />
        <Switch
          name="enabled"
          label="Trusted"
          isOn={issuer?.isEnabled ?? true}
          hint="Off, none of its tokens is exchanged, and access tokens made from them are worth nothing."
        />
      </Form>
    </Page>
  )
}

function DeletePage({ issuer }: { readonly issuer: Issuer }) {
  const visit = useVisit()
  const settings = settingsOf(visit)
  const own = `${settings}/issuers/${encodeURIComponent(issuer.id)}`
  return (
    <Page
      title={`Delete issuer · ${issuer.name}`}
      heading={
        <>
          Delete <bdi>{issuer.name}</bdi>?
        </>
      }
      crumbs={[
        ['Settings', settings],
        [issuer.name, own],
      ]}
    >
      <Notice tone="warn">
        Its tokens are not exchanged any more. While a federated credential names it, it cannot be deleted:
        switch it off instead.
      </Notice>
      <Form submit="Delete issuer" isDangerous cancel={own} />
    </Page>
  )
}
