import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './worker/storage/schema.ts',
  out: './worker/storage/migrations',
})
