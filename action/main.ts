/** The step itself. Awaited at the top level: Node then exits with 13, not 0, if the promise never settles. */

import { run } from './run.ts'
import { createRunner } from './runner.ts'

process.exitCode = await run(createRunner())
