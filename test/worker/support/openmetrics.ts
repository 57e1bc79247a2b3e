/** A strict reader of OpenMetrics 1.0 text, written from the specification; what it does not allow throws. */

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"'
const METADATA = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (.*)$`)
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`,
)
const UNESCAPED = { '\\\\': '\\', '\\n': '\n', '\\"': '"' } as Record<string, string>

export function parseOpenMetrics(text: string): { families: Map<string, string>; samples: Sample[] } {
  if (!text.endsWith('\n# EOF\n')) throw new Error('The end is missing')
  const families = new Map<string, string>()
  const samples: Sample[] = []
  const seen = new Set<string>()
  let current = { name: '', said: new Set<string>(), hasSamples: false }
  for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
    const [, keyword, name = '', rest = ''] = METADATA.exec(line) ?? []
    if (keyword !== undefined) {
      if (name !== current.name) {
        if (families.has(name)) throw new Error(`${name} is torn apart`)
        families.set(name, 'unknown')
        current = { name, said: new Set(), hasSamples: false }
      }
      if (current.hasSamples) throw new Error(`Metadata after samples: ${line}`)
      if (current.said.has(keyword)) throw new Error(`Twice: ${line}`)
      current.said.add(keyword)
      if (keyword === 'TYPE') families.set(name, rest)
      if (keyword === 'TYPE' && !['counter', 'gauge'].includes(rest)) throw new Error(`No type: ${line}`)
      if (keyword === 'UNIT' && !name.endsWith(`_${rest}`)) throw new Error(`Not its unit: ${line}`)
      if (!/^(?:[^\\]|\\[\\n"])*$/.test(rest)) throw new Error(`Badly escaped: ${line}`)
      continue
    }
    const [, sample, labels = '', value] = SAMPLE.exec(line) ?? []
    if (sample === undefined) throw new Error(`No sample: ${line}`)
    const type = families.get(current.name)
    if (sample !== (type === 'counter' ? `${current.name}_total` : current.name)) {
      throw new Error(`Not of ${current.name}: ${line}`)
    }
    if (current.name.endsWith('_total')) throw new Error(`A family may not be called ${current.name}`)
    if (type === 'counter' && Number(value) < 0) throw new Error(`A counter below zero: ${line}`)
    current.hasSamples = true
    const pairs = [...labels.matchAll(new RegExp(LABEL, 'g'))].map(([pair]): [string, string] => {
      const at = pair.indexOf('=')
      const text = pair.slice(at + 2, -1).replace(/\\[\\n"]/g, (pair) => UNESCAPED[pair] ?? '')
      return [pair.slice(0, at), text]
    })
    const read = Object.fromEntries(pairs)
    if (Object.keys(read).length !== pairs.length) throw new Error(`A label twice: ${line}`)
    const identity = JSON.stringify([sample, Object.entries(read).sort()])
    if (seen.has(identity)) throw new Error(`A sample twice: ${line}`)
    seen.add(identity)
    samples.push({ name: sample, labels: read, value: Number(value) })
  }
  return { families, samples }
}
