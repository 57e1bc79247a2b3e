/** After the job, whatever became of it: gives the access token back. Nothing here can fail the job. */

import { giveBackToken } from './authenticate.ts'
import { createRunner } from './runner.ts'

await giveBackToken(createRunner())
