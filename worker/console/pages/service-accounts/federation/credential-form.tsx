/** The fields of a federated credential, empty or as it is. */

import { GITHUB, MAX_TTL } from '../../../../../shared/wire/federation.ts'
import type { CredentialInFull } from '../../../../federation/credentials.ts'
import { Field, Form, Switch, TextArea } from '../../../parts/form.tsx'
import { useVisit } from '../../../visit.ts'
import { CLAIMS, type Claim } from './claims.ts'

interface CredentialFormProps {
  /** Absent for a new one. */
  readonly found?: CredentialInFull
  readonly back: string
}

export function CredentialForm({ found, back }: CredentialFormProps) {
  const { tenant, path } = useVisit()
  const { credential, issuer } = found ?? {}
  const { match, narrowing } = credential ?? {}
  const textOf = ({ name, value = '' }: Claim) => (match ? [match[name] ?? []].flat().join(' ') : value)
  const fields = (isRare: boolean) =>
    CLAIMS.filter((claim) => (claim.isRare ?? false) === isRare).map((claim) => (
      <Field
        name={claim.name}
        label={claim.label}
        hint={claim.hint}
        value={textOf(claim)}
        isRequired={claim.isRequired === true}
      />
    ))
  const isRareUsed = CLAIMS.some((claim) => claim.isRare && textOf(claim) !== '')
  return (
    <Form
      submit={found ? 'Save' : 'Create'}
      cancel={back}
      beside={
        found && (
          <a class="text-danger" href={`${path}/delete`}>
            Delete
          </a>
        )
      }
    >
      {found && <p class="muted">Access tokens that runs have got by it end when you save.</p>}
      <Field
        name="name"
        label="Name"
        value={credential?.name ?? ''}
        isRequired
        isFocused
        maxLength={63}
        pattern="[a-z0-9](?:-?[a-z0-9])*"
        title="Lower-case letters, digits and single hyphens, with a letter or digit at both ends"
        hint="For you to know it by: lower-case letters, digits and hyphens."
      />
      <Field
        name="issuer"
        label="Issuer"
        value={issuer?.issuer ?? GITHUB.issuer}
        isRequired
        hint="Who signs the identity tokens."
      />
      <fieldset class="group">
        <legend>Runs it takes</legend>
        <p class="hint">Every line must hold, exactly as it stands. What is left empty is not looked at.</p>
        {fields(false)}
        <details class="fold" open={isRareUsed}>
          <summary>More claims</summary>
          <div>{fields(true)}</div>
        </details>
      </fieldset>
      <details class="fold" open={Boolean(narrowing?.namespaces || narrowing?.permissions)}>
        <summary>Narrow what runs may do</summary>
        <div>
          <p class="muted">
            A run may do what the account may. Fill in either of these, and it may do only what lies within,
            in the tenant <span class="mono">{tenant}</span>.
          </p>
          <TextArea
            name="namespaces"
            label="Namespaces"
            value={narrowing?.namespaces?.join('\n') ?? ''}
            hint="One a line, each with all below it."
          />
          <TextArea
            name="permissions"
            label="Permissions"
            value={narrowing?.permissions?.join('\n') ?? ''}
            hint="One a line, such as NAMESPACE_FILE:CREATE."
          />
        </div>
      </details>
      <Field
        name="maxTtl"
        label="Longest life of an access token, in seconds"
        type="number"
        value={String(credential?.maxTtlSeconds ?? MAX_TTL)}
        hint={`60 to ${MAX_TTL}.`}
      />
      <Field
        name="expires"
        label="Ends"
        type="date"
        value={credential?.expiresAt ? new Date(credential.expiresAt).toISOString().slice(0, 10) : ''}
        hint="At the end of this day. Left empty: never."
      />
      <Switch name="enabled" label="Enabled" isOn={credential?.isEnabled ?? true} />
    </Form>
  )
}
