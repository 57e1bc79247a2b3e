/** Reads Markdown as far as the tests of the documents need it: commands, links, headings. */

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** What people follow step by step. The files below examples/scripts are cargo. */
export const DOCUMENTS: readonly string[] = [
  ...markdownIn('.'),
  ...markdownIn('docs'),
  ...markdownIn('docs/adr'),
  'examples/terraform/README.md',
]

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
    .sort()
}

export const read = (document: string): string => readFileSync(join(ROOT, document), 'utf8')

/** @returns the commands of all blocks of shell, without comments; what goes on over several lines is one */
export const readCommands = (markdown: string): string[] =>
  readBlocks(markdown, 'sh', 'bash', 'console').flatMap(splitCommands)

/** @returns what stands between fences of these languages, without the indentation of the fence */
export const readBlocks = (markdown: string, ...languages: string[]): string[] =>
  [...markdown.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)]
    .filter(([, , language = '']) => languages.includes(language))
    .map(([, indent = '', , block = '']) => block.replace(new RegExp(`^${indent}`, 'gm'), ''))

export function splitCommands(block: string): string[] {
  const commands: string[] = []
  let open = ''
  for (const line of block.split('\n')) {
    // A comment starts the line, or stands apart from the command by two spaces or more.
    const text = line.replace(/(^|\s{2,})#.*$/, '').trimEnd()
    open = open === '' ? text : `${open}\n${text}`
    if (/(\\|&&|\|)$/.test(open) || hasOpenQuote(open)) continue
    if (open.trim() !== '') commands.push(open)
    open = ''
  }
  return open.trim() === '' ? commands : [...commands, open]
}

function hasOpenQuote(text: string): boolean {
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\' && quote !== "'") at++
    else if (quote === '' && (character === "'" || character === '"')) quote = character
    else if (character === quote) quote = ''
  }
  return quote !== ''
}

/** @returns what stands between single backticks, outside of blocks */
export const readInlineCode = (markdown: string): string[] =>
  [...withoutBlocks(markdown).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

export const withoutBlocks = (markdown: string): string => markdown.replace(/^( *)```[\s\S]*?^\1```$/gm, '')

/** @returns targets as they are written */
export const readLinks = (markdown: string): string[] =>
  [...withoutBlocks(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)

/** As GitHub makes them of headings. */
export const readAnchors = (markdown: string): string[] =>
  [...withoutBlocks(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
