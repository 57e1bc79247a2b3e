/** What only the benchmark installs, so that its code can be checked where that is not installed. */
declare module '@better-auth/api-key'
declare module '@cloudflare/workers-oauth-provider'
declare module 'better-auth'
declare module 'better-auth/db/migration'
