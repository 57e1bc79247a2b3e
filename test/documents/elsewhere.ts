/**
 * Commands in the documents that `commands.test.ts` does not run itself, and what does.
 *
 * A command needs a row only if it cannot be run with a fresh edge. It is written as in the document, without comment;
 * commands of wrangler need none, for the test holds them against wrangler's own help.
 */

export interface Elsewhere {
  readonly command: string | RegExp
  /** A test or a step of CI, from the top of the repository, … */
  readonly runBy: string
  /** … and a text in it that shows so, where the command itself does not stand there. */
  readonly as?: string
}

export const ELSEWHERE: readonly Elsewhere[] = [
  { command: 'npm ci', runBy: '.ci/run' },
  { command: 'npm test', runBy: '.ci/run' },
  { command: 'npm ci && npm run demo', runBy: 'test/e2e/commands.test.ts', as: 'npm run demo' },
  { command: 'npm ci && npm start', runBy: 'test/e2e/commands.test.ts', as: 'npm start' },
  { command: 'npm run demo', runBy: 'test/e2e/commands.test.ts' },
  { command: /^git clone .+ && cd postern$/, runBy: '.github/workflows/ci.yml', as: 'actions/checkout@' },
  // These need a Cloudflare account, or a stand-in of one.
  {
    command: /^(MASTER_KEY=\S.* )?npm run deploy( -- --env staging)?$/,
    runBy: 'test/e2e/cloudflare.test.ts',
    as: '`npm run deploy`',
  },
  {
    command: 'npm run deploy -- --dry-run',
    runBy: 'test/e2e/commands.test.ts',
    as: "'npm', ['run', 'deploy', '--', '--dry-run'",
  },
  { command: /^curl \S+\/api\/v1\/setup /, runBy: 'test/e2e/cloudflare.test.ts', as: '/api/v1/setup' },
  // A SETUP_TOKEN of one's own, and a database that was put back.
  { command: /^SETUP_TOKEN=\S+ \S+ npm run recover /, runBy: 'test/e2e/recover.test.ts', as: 'recover' },
  {
    command: /^curl .*\/api\/v1\/recovery\/restore /,
    runBy: 'test/worker/http/restore.test.ts',
    as: '/api/v1/recovery/restore',
  },
  {
    command: /^SETUP_TOKEN=\S+ \S+ postern import backup\.ndjson /,
    runBy: 'test/e2e/backup.test.ts',
    as: '`import backup --server=',
  },
  // Terraform is not here; what it sends is.
  {
    command: /^terraform (apply|plan) /,
    runBy: 'test/e2e/terraform-example.test.ts',
    as: "describe('examples/terraform'",
  },
]
