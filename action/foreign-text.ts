/** Text that others wrote (names of files, words of a server), made harmless for where it is shown. */

/**
 * For a line of the log. Control characters, line breaks among them, and those that turn the direction of writing
 * are replaced; the two signs by which GitHub's runner knows a command are broken up: `::` at the start of a line,
 * white space before it aside, and `##[` anywhere.
 */
export function neutralise(text: string): string {
  return replaceControls(text)
    .replace(/^(\s*):(?=:)/, '$1: ')
    .replaceAll('##[', '## [')
}

function replaceControls(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

/**
 * For Markdown, as code: GitHub looks for mentions, links and references in text, but not in code. An HTML element
 * and not back-ticks, which a name could close.
 */
export const toCode = (text: string): string => `<code>${toEntities(text)}</code>`

/** For Markdown, as running text: an invisible space keeps `@` and `#` from meaning somebody or something. */
export const toProse = (text: string): string => toEntities(text.replace(/[@#]/g, '$&\u200b'))

/** An entity is never markup, to Markdown or HTML. All become one but letters, digits, spaces, `/` and `-`. */
const toEntities = (text: string): string =>
  replaceControls(text).replace(/[^\p{L}\p{N}/ -]/gu, (character) => `&#${character.codePointAt(0)};`)

/** For Markdown, as lines to copy. In HTML's own element no line can end the block. */
export const toBlock = (text: string): string =>
  `<pre>${text
    .split('\n')
    .map((line) => toEntities(line))
    .join('&#10;')}</pre>`
