/** How often a password was tried. */

import { vi } from 'vitest'

/**
 * From now on: each scrypt is one of an HMAC, and nothing else that passwords need signed begins with none of these
 * words. That it is one scrypt a time, whatever is stored, `passwords.test.ts` says.
 */
export function watchProofs() {
  const signed = vi.spyOn(crypto.subtle, 'sign')
  return {
    tries: (): number =>
      signed.mock.calls.filter(
        ([, key, data]) =>
          key.usages.join() === 'sign' &&
          !/^(user|address|basic) /.test(new TextDecoder().decode(data as Uint8Array)),
      ).length,
    forget: () => signed.mockClear(),
    stop: () => signed.mockRestore(),
  }
}
