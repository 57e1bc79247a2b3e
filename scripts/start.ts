/**
 * `npm start`: the edge until it is interrupted, with a first administrator.
 *
 * Obeys PORT (8787), POSTERN_STATE (.wrangler/state), ADMIN_EMAIL (admin@localhost) and ADMIN_PASSWORD (drawn), and
 * hands the worker what is set of KESTRA_URL, KESTRA_AUTHORIZATION, KESTRA_TIMEOUT_SECONDS, CONSOLE_PATH and, for
 * `npm run recover`, SETUP_TOKEN.
 */

import { resolve } from 'node:path'
import { startEdge } from './edge.ts'
import { drawPassword } from './password.ts'

const {
  PORT = '8787',
  POSTERN_STATE = '.wrangler/state',
  ADMIN_EMAIL = 'admin@localhost',
  ADMIN_PASSWORD,
  KESTRA_URL,
  KESTRA_AUTHORIZATION,
  KESTRA_TIMEOUT_SECONDS,
  CONSOLE_PATH,
  SETUP_TOKEN,
} = process.env

endWithNpm()

if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) end(`PORT must be a port number, not ${PORT}.`)

const handed = { KESTRA_URL, KESTRA_AUTHORIZATION, KESTRA_TIMEOUT_SECONDS, CONSOLE_PATH, SETUP_TOKEN }
const settings = Object.fromEntries(
  Object.entries(handed).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
)

const edge = await startEdge({ state: POSTERN_STATE, port: Number(PORT), settings }).catch((error: Error) =>
  end(
    /EADDRINUSE|already in use/i.test(error.message)
      ? `Port ${PORT} is taken. Set PORT to another one.`
      : error.message,
  ),
)

const password = ADMIN_PASSWORD ?? drawPassword()
const setup = await fetch(`${edge.url}/api/v1/setup`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ username: ADMIN_EMAIL, password }),
})
if (setup.ok) {
  const shown = ADMIN_PASSWORD === undefined ? `${password}  (shown this once)` : 'as given in ADMIN_PASSWORD'
  console.log(`First administrator: ${ADMIN_EMAIL}\nPassword:            ${shown}`)
}
if (setup.status === 405) {
  console.log(
    `The administrator is the one that ${POSTERN_STATE} was set up with. To start afresh, delete that folder.`,
  )
}
if (setup.ok || setup.status === 405) {
  // On SIGINT and SIGTERM Miniflare stops workerd and ends the process.
  console.log(`State is kept in ${resolve(POSTERN_STATE)}\nPostern is ready on ${edge.url}`)
} else {
  const { message } = (await setup.json()) as { message: string }
  await edge.stop()
  end(`The first administrator could not be created. ${message}`)
}

/** npm signals the shell it runs this in, and a shell that ends does not pass that on: the edge would outlive both. */
function endWithNpm(): void {
  const { ppid } = process
  if (process.env.npm_lifecycle_event !== 'start') return
  setInterval(() => {
    if (process.ppid !== ppid) process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}

function end(reason: string): never {
  console.error(reason)
  process.exit(1)
}
