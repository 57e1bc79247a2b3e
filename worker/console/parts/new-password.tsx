/** The field for a password that is chosen now. */

import { Field } from './form.tsx'

export function NewPassword({
  name = 'password',
  label = 'Password',
  isFocused = false,
  isRequired = true,
  more,
}: {
  readonly name?: string
  readonly label?: string
  readonly isFocused?: boolean
  readonly isRequired?: boolean
  /** What else is to be said of it. */
  readonly more?: string
}) {
  const rule = 'At least 8 characters: lower and upper case, a digit, and one of !@#$%^&*.'
  return (
    <Field
      name={name}
      label={label}
      type="password"
      isRequired={isRequired}
      isFocused={isFocused}
      autocomplete="new-password"
      hint={more === undefined ? rule : `${rule} ${more}`}
    />
  )
}
