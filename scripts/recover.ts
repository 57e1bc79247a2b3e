/**
 * `npm run recover -- administrator <server> <e-mail>`: a superadmin when nobody can sign in as one.
 *
 * SETUP_TOKEN in the environment is the secret that the worker was given for it; ADMIN_PASSWORD the new password, else one
 * is drawn and printed once.
 */

import { drawPassword } from './password.ts'

const USAGE = 'Usage: SETUP_TOKEN=… npm run recover -- administrator <server> <e-mail>'

const [what, server, username, ...rest] = process.argv.slice(2)
const { SETUP_TOKEN, ADMIN_PASSWORD } = process.env
if (what !== 'administrator' || !server || !username || rest.length > 0 || !SETUP_TOKEN) {
  console.error(USAGE)
  process.exit(2)
}

const password = ADMIN_PASSWORD ?? drawPassword()
const answer = await fetch(new URL('/api/v1/recovery/administrator', server), {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ setupToken: SETUP_TOKEN, username, password }),
})
if (answer.ok) {
  console.log(`Superadmin: ${username}`)
  console.log(`Password:   ${ADMIN_PASSWORD === undefined ? `${password}  (shown this once)` : 'as given'}`)
  console.log('The SETUP_TOKEN is used up: npx wrangler secret delete SETUP_TOKEN')
} else {
  const { message, detail = '' } = (await answer.json()) as { message: string; detail?: string }
  console.error(`${answer.status} ${message} ${detail}`)
  process.exitCode = 1
}
