#!/usr/bin/env node
/** The command line, in the grammar of Kestra's own. */

import { runCommand } from './command.ts'

const NODE_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
  console.error(`error: this takes Node ${NODE_MAJOR} or newer, not ${process.versions.node}.`)
  process.exitCode = 1
} else {
  process.exitCode = await runCommand(process.argv.slice(2))
}
