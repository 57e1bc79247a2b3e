/** What is taken from `node:crypto`; Node's full types would clash with the Workers' ones. */
declare module 'node:crypto' {
  export interface Hash {
    update(data: string): Hash
    digest(encoding: 'hex'): string
  }
  export function createHash(algorithm: 'sha256'): Hash
  export function scrypt(
    password: Uint8Array,
    salt: Uint8Array,
    keyLength: number,
    options: { N: number; r: number; p: number },
    callback: (error: Error | null, derivedKey: Uint8Array) => void,
  ): void
}
