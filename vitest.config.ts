process.env.WRANGLER_LOG = 'error'

import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

/** Never used outside tests. */
const TEST_SECRETS = {
  MASTER_KEY: 'dGVzdC1tYXN0ZXIta2V5LXRlc3QtbWFzdGVyLWtleSE=',
  SETUP_TOKEN: 'test-setup-token',
}

/** For what hangs, not for what is slow: machines that test are shared. */
const PATIENCE = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        // In workerd, beside the worker: D1, KV and R2 as they are on Cloudflare.
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.jsonc' },
            miniflare: {
              cf: false,
              bindings: { ...TEST_SECRETS, MIGRATIONS: await readD1Migrations('worker/storage/migrations') },
            },
          })),
        ],
        test: {
          name: 'worker',
          include: ['test/worker/**/*.test.ts'],
          setupFiles: ['test/worker/support/quiet.ts'],
          ...PATIENCE,
        },
      },
      {
        // In Node: what both halves share, the Action, and the built Action against the worker on a port.
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/worker/**', 'test/contract/**', 'test/browser/**'],
          ...PATIENCE,
        },
      },
      {
        // The console in a real browser, against one worker on a port.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: 'test/browser/edge.ts',
          ...PATIENCE,
        },
      },
      {
        // Kestra's own clients, unmodified, against one worker on a port.
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          globalSetup: 'test/contract/edge.ts',
          ...PATIENCE,
        },
      },
    ],
  },
})
