/** Forms: labelled fields with their hints and errors tied to them, and what was typed still in them after a refusal. */

import type { Child } from 'hono/jsx'
import type { Problem } from '../../http/refusal.ts'
import { type Attempt, useVisit } from '../visit.ts'
import { Icon } from './icon.tsx'

/** Every form carries it: pages of others do not know it. */
export function CsrfField() {
  return <input type="hidden" name="csrf" value={useVisit().csrfToken} />
}

/** Of a form whose answer shows a secret: sent again, it makes nothing more. */
export function NonceField() {
  const sent = useVisit().attempt?.values.nonce
  return <input type="hidden" name="nonce" value={typeof sent === 'string' ? sent : crypto.randomUUID()} />
}

interface FormProps {
  /** Where it is sent; its own page where left out. */
  readonly action?: string
  /** The button. */
  readonly submit: string
  readonly isDangerous?: boolean
  /** Where one goes who would rather not. */
  readonly cancel?: string
  readonly beside?: Child
  /** For a table of fields. */
  readonly isWide?: boolean
  readonly children?: Child
}

/** A form on a card of its own, which warns before what was typed in it is lost. */
export function Form({ action, submit, isDangerous, cancel, beside, isWide, children }: FormProps) {
  return (
    <form class={isWide ? 'form wide' : 'form'} method="post" action={action} data-guard>
      <CsrfField />
      {children}
      <div class="actions">
        <button class={`button ${isDangerous ? 'danger' : 'primary'}`}>{submit}</button>
        {cancel && (
          <a class="button" href={cancel}>
            Cancel
          </a>
        )}
        {beside}
      </div>
    </form>
  )
}

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: Child
  /** What it holds before anything was typed. */
  readonly value?: string | undefined
  readonly isRequired?: boolean
  readonly isFocused?: boolean
  readonly type?: 'text' | 'email' | 'password' | 'date' | 'number' | 'search'
  readonly pattern?: string
  /** What the browser says where the pattern does not fit. */
  readonly title?: string
  readonly maxLength?: number
  readonly autocomplete?: string
  /** Id of a `<datalist>`. */
  readonly list?: string
  readonly placeholder?: string
}

export function Field(props: FieldProps) {
  const { name, label, hint, value, isRequired, isFocused, type = 'text', pattern, title, maxLength } = props
  const { attempt } = useVisit()
  const error = errorOf(attempt, name)
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type}
        // A password is not sent back.
        value={type === 'password' ? undefined : (textOf(attempt, name) ?? value)}
        required={isRequired}
        autofocus={isFocused && !attempt}
        pattern={pattern}
        title={title}
        maxlength={maxLength}
        autocomplete={props.autocomplete ?? 'off'}
        list={props.list}
        placeholder={props.placeholder}
        spellcheck={false}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy(name, hint, error)}
      />
      <Below name={name} hint={hint} error={error} />
    </div>
  )
}

export function TextArea({
  name,
  label,
  hint,
  value,
  maxLength,
  isRequired,
}: Pick<FieldProps, 'name' | 'label' | 'hint' | 'value' | 'maxLength' | 'isRequired'>) {
  const { attempt } = useVisit()
  const error = errorOf(attempt, name)
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <textarea
        id={name}
        name={name}
        maxlength={maxLength}
        required={isRequired}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy(name, hint, error)}
      >
        {textOf(attempt, name) ?? value ?? ''}
      </textarea>
      <Below name={name} hint={hint} error={error} />
    </div>
  )
}

interface Option {
  readonly value: string
  readonly label: string
  readonly hint?: Child
}

export function Select({
  name,
  label,
  hint,
  value,
  options,
}: Pick<FieldProps, 'name' | 'label' | 'hint' | 'value'> & { readonly options: readonly Option[] }) {
  const { attempt } = useVisit()
  const error = errorOf(attempt, name)
  const chosen = textOf(attempt, name) ?? value
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select
        id={name}
        name={name}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy(name, hint, error)}
      >
        {options.map((one) => (
          <option value={one.value} selected={one.value === chosen}>
            {one.label}
          </option>
        ))}
      </select>
      <Below name={name} hint={hint} error={error} />
    </div>
  )
}

/** One of a few, each with what it comes to. */
export function Choices({
  name,
  label,
  hint,
  value,
  options,
  isWide,
}: Pick<FieldProps, 'name' | 'label' | 'hint' | 'value'> & {
  readonly options: readonly Option[]
  /** For what comes to a sentence. */
  readonly isWide?: boolean
}) {
  const { attempt } = useVisit()
  const error = errorOf(attempt, name)
  const chosen = textOf(attempt, name) ?? value
  return (
    <fieldset class="field" id={name} aria-describedby={describedBy(name, hint, error)}>
      <legend>{label}</legend>
      <div class={isWide ? 'choices wide' : 'choices'}>
        {options.map((one) => (
          <label class="choice">
            <input type="radio" name={name} value={one.value} checked={one.value === chosen} />
            <span>
              <bdi>{one.label}</bdi>
            </span>
            {one.hint && <span>{one.hint}</span>}
          </label>
        ))}
      </div>
      <Below name={name} hint={hint} error={error} />
    </fieldset>
  )
}

/** Any number of a list, which may be long. */
export function Checks({
  name,
  label,
  hint,
  values = [],
  options,
}: Pick<FieldProps, 'name' | 'label' | 'hint'> & {
  readonly values?: readonly string[]
  readonly options: readonly Option[]
}) {
  const { attempt } = useVisit()
  const error = errorOf(attempt, name)
  const sent = attempt?.values[name]
  const chosen = attempt ? [sent ?? []].flat() : values
  return (
    <fieldset class="field" id={name} aria-describedby={describedBy(name, hint, error)}>
      <legend>{label}</legend>
      <div class="checks">
        {options.map((one) => (
          <label class="check">
            <input type="checkbox" name={name} value={one.value} checked={chosen.includes(one.value)} />
            <span>
              <bdi>{one.label}</bdi>
              {one.hint && <span class="hint">{one.hint}</span>}
            </span>
          </label>
        ))}
      </div>
      <Below name={name} hint={hint} error={error} />
    </fieldset>
  )
}

export function Switch({
  name,
  label,
  hint,
  isOn = false,
}: Pick<FieldProps, 'name' | 'label' | 'hint'> & { readonly isOn?: boolean }) {
  const { attempt } = useVisit()
  const checked = attempt ? attempt.values[name] === 'on' : isOn
  return (
    <div class="field">
      <div class="switch">
        <input
          type="checkbox"
          role="switch"
          id={name}
          name={name}
          checked={checked}
          aria-describedby={hint ? `${name}-hint` : undefined}
        />
        <label for={name}>{label}</label>
      </div>
      <Below name={name} hint={hint} error={undefined} />
    </div>
  )
}

/** To be typed before something is done that cannot be undone. */
export function TypedName({ wanted, what }: { readonly wanted: string; readonly what: string }) {
  return (
    <Field
      name="typed"
      label={`Type ${wanted} to go on`}
      isRequired
      pattern={wanted.replace(/[^\p{L}\p{N}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)}
      title={`The ${what}, exactly: ${wanted}`}
    />
  )
}

function Below({ name, hint, error }: { name: string; hint?: Child; error: string | undefined }) {
  return (
    <>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${name}-error`}>
          <Icon name="alert" />
          <span>{error}</span>
        </p>
      )}
    </>
  )
}

/** At the head of a page whose form was not taken; each leads to its field. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null
  return (
    <div class="notice bad" role="alert" tabindex={-1} id="problems" data-focus>
      <Icon name="alert" />
      <ul>
        {problems.map(({ path, message }) => (
          <li>
            {path === undefined ? message : <a href={`#${fieldOf(path)}`}>{sentenceOf(path, message)}</a>}
          </li>
        ))}
      </ul>
    </div>
  )
}

function describedBy(name: string, hint: Child, error: string | undefined): string | undefined {
  const ids = [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean)
  return ids.length === 0 ? undefined : ids.join(' ')
}

function errorOf(attempt: Attempt | undefined, name: string): string | undefined {
  const problem = attempt?.problems.find(({ path }) => path !== undefined && fieldOf(path) === name)
  return problem && sentenceOf(name, problem.message)
}

function textOf(attempt: Attempt | undefined, name: string): string | undefined {
  if (!attempt) return undefined
  return [attempt.values[name] ?? ''].flat()[0]
}

/** `must not be empty` wants to be told of what; what begins with a capital is a sentence already. */
const sentenceOf = (path: string, message: string): string =>
  /^\p{Lu}/u.test(message) ? message : `${wordOf(path)} ${message}`

/** `groups.0` is about the field `groups`. */
const fieldOf = (path: string): string => path.split('.')[0] ?? path

/** `firstName` and `first_name` read `First name`. */
function wordOf(path: string): string {
  const words = fieldOf(path)
    .replaceAll('_', ' ')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
