/** Files that the worker carries and serves as they are; wrangler.jsonc says how each is read. */

declare module '*.css' {
  const text: string
  export default text
}

declare module '*.client.js' {
  const text: string
  export default text
}

declare module '*.woff2' {
  const bytes: ArrayBuffer
  export default bytes
}
