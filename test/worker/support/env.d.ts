/** What vitest.config.ts adds to the worker's bindings. */
interface ImportMeta {
  readonly env: Readonly<Record<string, string | undefined>>
}

declare namespace Cloudflare {
  interface Env {
    SETUP_TOKEN: string
    MIGRATIONS: import('cloudflare:test').D1Migration[]
  }
}

/** Vite's: the modules whose paths fit. */
interface ImportMeta {
  glob<T>(pattern: string, options: { eager: true }): Record<string, T>
}
