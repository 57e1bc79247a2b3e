import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSecrets, secretsAmongInputs, secretsAmongVariables } from '../../action/secrets.ts'

describe('redact', () => {
  it('takes a secret out in every form that it is known to come in', () => {
    const secret = fc.string({ minLength: 8, unit: 'grapheme' }).filter((text) => text.trim().length >= 8)
    fc.assert(
      fc.property(secret, fc.string(), (secret, around) => {
        const secrets = createSecrets()
        secrets.add(secret)
        const forms = [
          secret.trim(),
          btoaUtf8(secret.trim()),
          Buffer.from(secret.trim()).toString('base64url'),
          encodeURIComponent(secret.trim()),
        ]
        for (const form of forms) expect(secrets.redact(`${around}${form}${around}`)).not.toContain(form)
      }),
    )
  })

  it('takes the lines of a longer one out one by one, but not its braces', () => {
    const secrets = createSecrets()
    secrets.add('{\n  "key": "canary-1"\n}\n')
    expect(secrets.redact('a { b } "key": "canary-1" c')).toBe('a { b } *** c')
  })

  it('leaves nothing of a secret that holds another one', () => {
    const secrets = createSecrets()
    secrets.add('word')
    secrets.add('user:password-1')
    expect(secrets.redact('user:password-1')).toBe('***')
  })

  it('does not mask nothing, which would mask everything', () => {
    const secrets = createSecrets()
    expect(secrets.add('')).toEqual([])
    expect(secrets.add(' \n')).toEqual([])
    expect(secrets.redact('text')).toBe('text')
  })

  it('names only the forms that are new', () => {
    const secrets = createSecrets()
    expect(secrets.add('canary-1')).not.toEqual([])
    expect(secrets.add('canary-1')).toEqual([])
  })
})

const btoaUtf8 = (text: string) => Buffer.from(text).toString('base64').replaceAll('=', '')

describe('the secrets among the inputs', () => {
  const among = (inputs: Record<string, string>) => secretsAmongInputs((name) => inputs[name] ?? '')

  it.each<[Record<string, string>, string[]]>([
    [{ 'api-token': 't1', apiToken: 't2', 'github-token': 't3' }, ['t1', 't2', 't3']],
    [{ user: 'name', password: 'p:w' }, ['p:w', 'name:p:w']],
    [{ user: 'name:p:w' }, ['name:p:w', 'p:w']],
    [{ user: 'name' }, []],
    [{ headers: 'A=secret-1\nB = x\nbroken-line' }, ['secret-1', 'broken-line']],
  ])('of %j are %j', (inputs, expected) => {
    expect(among(inputs).sort()).toEqual(expected.sort())
  })
})

describe('the secrets among the variables', () => {
  it('are passwords of proxies, as they are written and as they are meant', () => {
    expect(
      secretsAmongVariables({
        HTTPS_PROXY: 'http://user:p%40ss@proxy:3128',
        http_proxy: 'http://proxy:3128',
        ALL_PROXY: 'nonsense',
        OTHER: 'http://user:other@host',
      }),
    ).toEqual(['p%40ss', 'p@ss', 'user:p@ss'])
  })
})
