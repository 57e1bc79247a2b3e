#!/usr/bin/env node
/** The command line, in the grammar of Kestra's own. */

import { runCommand } from './command.ts'

process.exitCode = await runCommand(process.argv.slice(2))
