/** What must not be seen, and taking it out of what is written. */

export interface Secrets {
  /** @returns the forms that are new, for who has to be told each of them */
  add(secret: string): string[]
  redact(text: string): string
}

export function createSecrets(): Secrets {
  const forms = new Set<string>()
  return {
    add(secret) {
      const added = formsOf(secret).filter((form) => !forms.has(form))
      for (const form of added) forms.add(form)
      return added
    },
    // The longest first: a secret that holds another one must not leave the rest of itself behind.
    redact: (text) =>
      [...forms]
        .sort((a, b) => b.length - a.length)
        .reduce((rest, form) => rest.replaceAll(form, '***'), text),
  }
}

/** A line of a longer secret that is shorter is no secret: a brace alone would be found everywhere. */
const MIN_LINE = 4

/** As it is, line by line, in Base64 and percent-encoded. A mask of nothing would be a mask of everything. */
function formsOf(secret: string): string[] {
  const parts = secret.split(/[\r\n]+/).filter((line) => line.length >= MIN_LINE)
  const lines = [secret, ...parts].map((line) => line.trim())
  const forms = lines.flatMap((line) => [
    line,
    Buffer.from(line).toString('base64').replaceAll('=', ''),
    Buffer.from(line).toString('base64url'),
    encodeURIComponent(line.toWellFormed()),
  ])
  return [...new Set(forms)].filter((form) => form !== '')
}

/** Below this, a value of a header is more likely a switch than a secret, and would be found in every other word. */
const MIN_HEADER_SECRET = 6

/**
 * The secrets among the inputs. They are known before anything is said of the inputs, so they are looked for in
 * what was written there, right or wrong.
 */
export function secretsAmongInputs(read: (name: string) => string): string[] {
  const [user, password] = [read('user'), read('password')]
  const colon = user.indexOf(':')
  return [
    read('api-token'),
    read('apiToken'),
    read('github-token'),
    password,
    password && `${user}:${password}`,
    ...(colon < 0 ? [] : [user, user.slice(colon + 1)]),
    ...read('headers')
      .split('\n')
      .map((line) => line.slice(line.indexOf('=') + 1).trim())
      .filter((value) => value.length >= MIN_HEADER_SECRET),
  ].filter((secret) => secret !== '')
}

/** Proxies may want a password, which stands in their address. */
export function secretsAmongVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    if (!/^(https?|all)_proxy$/i.test(name) || !URL.canParse(value)) return []
    const { username, password } = new URL(value)
    if (password === '') return []
    const plain = decodeURIComponent(password)
    return [password, plain, `${decodeURIComponent(username)}:${plain}`]
  })
}
