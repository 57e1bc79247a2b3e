/** What people see of an account: a person's name, or what the account is called. */
export function displayNameOf(account: {
  readonly name: string
  readonly firstName: string | null
  readonly lastName: string | null
}): string {
  return [account.firstName, account.lastName].filter(Boolean).join(' ') || account.name
}
