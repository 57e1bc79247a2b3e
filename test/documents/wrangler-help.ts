/** What wrangler itself says of its commands: the nearest to running them without an account. */

import { createWrangler } from '../../scripts/wrangler.ts'

/**
 * @param words of one command, without `wrangler`
 * @returns what it does not have of them: nothing, if all is well
 */
export async function findUnknownWords(words: readonly string[]): Promise<string[]> {
  const end = words.findIndex((word) => word.startsWith('-'))
  const plain = end < 0 ? words : words.slice(0, end)
  const help = await createWrangler()([...plain, '--help'])
  const [, name = ''] = /^wrangler ([a-z\d -]+?)(?: [<[]|$)/m.exec(help) ?? []
  // A word that it does not know it passes over, and shows what would be there instead.
  if (!plain.join(' ').startsWith(name) || name === '' || /^COMMANDS$/m.test(help)) return [...plain]
  const flags = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '')
  return flags.filter((flag) => !help.includes(`${flag} `))
}
