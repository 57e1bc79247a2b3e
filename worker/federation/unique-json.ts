/**
 * JSON in which no object has a name twice. Of two equal names `JSON.parse` keeps the last, other readers the first:
 * whoever signs and whoever checks could then mean different claims (RFC 8725 §2.4, RFC 7519 §4).
 */

/** Strings whole, structure one by one, everything else in one piece. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g

/** @returns `undefined` for what is not JSON, or has a name twice */
export function parseUniqueJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return hasRepeatedName(text) ? undefined : value
  } catch {
    return undefined
  }
}

/** @param text is JSON */
function hasRepeatedName(text: string): boolean {
  /** The names so far of each object that is open; of an array nothing. */
  const open: Array<Set<string> | undefined> = []
  const tokens = text.match(TOKEN) ?? []
  for (const [index, token] of tokens.entries()) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token.startsWith('"') && tokens[index + 1] === ':') {
      // Decoded: `"a"` and `"\u0061"` are one name.
      const name: string = JSON.parse(token)
      if (open.at(-1)?.has(name)) return true
      open.at(-1)?.add(name)
    }
  }
  return false
}
