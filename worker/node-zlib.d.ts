/** The one function taken from `node:zlib`; Node's full types would clash with the Workers' ones. */
declare module 'node:zlib' {
  /** @returns an unsigned integer of 32 bits */
  export function crc32(data: Uint8Array): number
}
