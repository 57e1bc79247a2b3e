/**
 * Kestra's JavaScript SDK as npm has it (0.24.1), unmodified. Its index does not load, since a model is missing from
 * the package; its modules do. Operations take a callback: here they return a promise.
 */

import { createRequire } from 'node:module'
import ApiClient from '@kestra-io/kestra-sdk/dist/ApiClient.js'
import { inject } from 'vitest'

const load = createRequire(import.meta.url)
const modules = '@kestra-io/kestra-sdk/dist'

export interface Answer {
  /** As the SDK's models read it. */
  // biome-ignore lint/suspicious/noExplicitAny: the SDK has no types
  readonly data: any
  readonly status: number
  /** As it was sent. */
  // biome-ignore lint/suspicious/noExplicitAny: the SDK has no types
  readonly body: any
}

/** What a callback of the SDK is given for anything but a 2xx. */
export interface SdkError extends Error {
  readonly status: number
  readonly response: { readonly body: { readonly message: string; readonly code: string } }
}

export type Credential = { readonly token: string } | { readonly username: string; readonly password: string }

export const asAdmin = (): Credential => ({ token: inject('edge').token })

/** A client of the SDK that knows the server and a credential. */
export function createClient(credential: Credential) {
  const client = new ApiClient(inject('edge').url)
  if ('token' in credential) {
    client.authentications.bearerAuth.accessToken = credential.token
    // Its calls about tenants name no way to authenticate; this is the SDK's own setting for all calls.
    if (credential.token !== '') client.defaultHeaders.Authorization = `Bearer ${credential.token}`
  }
  if ('username' in credential) Object.assign(client.authentications.basicAuth, credential)
  return client
}

/** Calls operations of one API class: `await users('getUser', id)`. */
export function openApi(name: string, credential: Credential = asAdmin()) {
  const Api = load(`${modules}/api/${name}.js`).default
  const api = new Api(createClient(credential))
  return (operation: string, ...args: unknown[]): Promise<Answer> =>
    new Promise((resolve, reject) => {
      // Arguments that are left out must be there all the same: the callback is found by its place.
      const filled = [...args, ...Array(api[operation].length - 1 - args.length).fill(undefined)]
      api[operation](
        ...filled,
        (error: SdkError | null, data: unknown, response: { status: number; body: unknown }) =>
          error ? reject(error) : resolve({ data, status: response.status, body: response.body }),
      )
    })
}

let count = 0
/** A name that no other test has. */
export const fresh = (word: string): string => `${word}-${process.pid}-${++count}`
