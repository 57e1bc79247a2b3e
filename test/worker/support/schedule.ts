/**
 * One random schedule: several isolates over one database, with answers that take their time and overtake one another,
 * copies from KV as old as they like, and changes in between. Time is counted, not waited for. The isolates run the
 * real code of `worker/tokens/records.ts`; the database is a model of a few rows and its change feed.
 */

import { compileGrants, isGranted } from '../../../worker/access/grants.ts'
import type { CredentialHolder, GrantRow, Holder, TokenHolder } from '../../../worker/storage/holders.ts'
import {
  accountHolder,
  credentialHolder,
  revocation,
  signingKey,
  tokenHolder,
} from '../../../worker/tokens/questions.ts'
import type { Question, Reader, RecordCopy, Records } from '../../../worker/tokens/records.ts'
import { createRecords } from '../../../worker/tokens/records.ts'
import { createRandom, type Random } from './random.ts'

/** Events in order of their time; those of one instant in order of their making. */
function createTime() {
  const events: Array<{ at: number; order: number; run: () => void }> = []
  let now = 0
  let order = 0
  return {
    now: () => now,
    at(when: number, run: () => void): void {
      const event = { at: Math.max(when, now), order: order++, run }
      let index = events.length
      while (index > 0 && (events[index - 1] as typeof event).at > event.at) index--
      events.splice(index, 0, event)
    },
    sleep(ms: number): Promise<void> {
      return new Promise((resolve) => this.at(now + ms, resolve))
    },
    async run(): Promise<void> {
      for (let event = events.shift(); event; event = events.shift()) {
        now = event.at
        event.run()
        // All that does not wait for time happens before the next event.
        for (let turn = 0; turn < 40; turn++) await undefined
      }
    },
  }
}
type Time = ReturnType<typeof createTime>

/** The rows that a verdict depends on. */
function createDatabase(random: Random, time: Time) {
  const accounts = new Map(['ann', 'bob', 'imp'].map((id) => [id, { disabledAt: null as number | null }]))
  const tokens = new Map<string, { account: string; impersonator: string | null }>([
    ['t-ann', { account: 'ann', impersonator: null }],
    ['t-bob', { account: 'bob', impersonator: null }],
    ['t-imp', { account: 'ann', impersonator: 'imp' }],
  ])
  const credentials = new Map([['fc', { version: 1 }]])
  let isIssuerEnabled = true
  const members = new Set(['team ann', 'team bob'])
  const groups = new Set(['team'])
  const roles = new Map([
    ['reader', ['LIST']],
    ['helper', ['LIST']],
  ])
  /** `subject role`, of an account or a group. */
  const bindings = new Set(['ann reader', 'team helper'])
  const keys = new Set(['kid'])
  const revoked = new Set<string>()
  let changes: Array<{
    seq: number
    kind: 'account' | 'group' | 'role' | 'token' | 'jwt' | 'key' | 'credential' | 'issuer'
    ref: string
  }> = []
  let position = 0

  const holderOf = (id: string): Holder | undefined => {
    const account = accounts.get(id)
    if (!account) return undefined
    const groupIds = [...groups].filter((group) => members.has(`${group} ${id}`))
    const grants = [...bindings].flatMap((binding): GrantRow[] => {
      const [subject = '', roleId = ''] = binding.split(' ')
      const actions = roles.get(roleId)
      if (!actions || (subject !== id && !groupIds.includes(subject))) return []
      return [{ roleId, tenantId: 'main', namespace: null, permissions: { NAMESPACE_FILE: [...actions] } }]
    })
    return { account: bareAccount(id, account.disabledAt), grants, groupIds }
  }
  const bareAccount = (id: string, disabledAt: number | null): Holder['account'] =>
    ({ id, kind: 'SERVICE_ACCOUNT', name: id, isSuperadmin: false, disabledAt }) as Holder['account']

  const tokenHolderOf = (id: string): TokenHolder | undefined => {
    const token = tokens.get(id)
    const holder = token && holderOf(token.account)
    const impersonator = token?.impersonator ? accounts.get(token.impersonator) : undefined
    if (!token || !holder || (token.impersonator && !impersonator)) return undefined
    return {
      ...holder,
      token: { id, accountId: token.account, mac: new Uint8Array(1) } as TokenHolder['token'],
      impersonator: impersonator && bareAccount(token.impersonator ?? '', impersonator.disabledAt),
    }
  }

  /** Of bob. */
  const credentialHolderOf = (id: string): CredentialHolder | undefined => {
    const credential = credentials.get(id)
    const holder = credential && holderOf('bob')
    if (!credential || !holder) return undefined
    return {
      ...holder,
      credential: { id, ...credential } as CredentialHolder['credential'],
      issuer: { id: 'github', isEnabled: isIssuerEnabled } as CredentialHolder['issuer'],
    }
  }

  function answer({ key }: Question): unknown {
    const [kind, ref = ''] = key.split(' ')
    if (kind === 'token') return tokenHolderOf(ref)
    if (kind === 'credential') return credentialHolderOf(ref)
    if (kind === 'account') return holderOf(ref)
    if (kind === 'key') return keys.has(ref) ? { kid: ref } : undefined
    return revoked.has(ref)
  }

  type Ends = Array<Pick<(typeof changes)[number], 'kind' | 'ref'>>
  const toggle = <T>(set: Set<T>, value: T) => set.delete(value) || set.add(value)
  /** Each kind of change with what it ends, as the rooms of the worker say it. */
  const kinds: Record<string, () => Ends> = {
    revoke() {
      const id = random.pick([...tokens.keys(), 't-gone'])
      tokens.delete(id)
      return [{ kind: 'token', ref: id }]
    },
    mint() {
      tokens.set('t-new', { account: 'bob', impersonator: null })
      return [{ kind: 'token', ref: 't-new' }]
    },
    disable() {
      const id = random.pick([...accounts.keys()])
      const account = accounts.get(id)
      if (account) account.disabledAt = account.disabledAt === null ? 1 : null
      return [{ kind: 'account', ref: id }]
    },
    bind() {
      const binding = random.pick(['ann reader', 'bob reader', 'team helper', 'ann helper'])
      toggle(bindings, binding)
      const [subject = ''] = binding.split(' ')
      return [{ kind: groups.has(subject) ? 'group' : 'account', ref: subject }]
    },
    join() {
      const id = random.pick(['ann', 'bob'])
      if (groups.has('team')) toggle(members, `team ${id}`)
      return [{ kind: 'account', ref: id }]
    },
    editRole() {
      const id = random.pick(['reader', 'helper'])
      if (roles.has(id)) roles.set(id, random.pick([['LIST'], ['DELETE']]))
      return [{ kind: 'role', ref: id }]
    },
    deleteRole() {
      const id = random.pick(['reader', 'helper'])
      roles.delete(id)
      for (const binding of bindings) if (binding.endsWith(` ${id}`)) bindings.delete(binding)
      return [{ kind: 'role', ref: id }]
    },
    deleteGroup() {
      groups.delete('team')
      members.clear()
      bindings.delete('team helper')
      return [{ kind: 'group', ref: 'team' }]
    },
    deleteAccount() {
      const id = random.pick(['imp', 'bob'])
      accounts.delete(id)
      if (id === 'bob') credentials.clear()
      for (const [token, { account, impersonator }] of tokens) {
        if (account === id || impersonator === id) tokens.delete(token)
      }
      return [{ kind: 'account', ref: id }]
    },
    editCredential() {
      const credential = credentials.get('fc')
      if (credential) credential.version++
      return [{ kind: 'credential', ref: 'fc' }]
    },
    switchIssuer() {
      isIssuerEnabled = !isIssuerEnabled
      return [{ kind: 'issuer', ref: 'github' }]
    },
    giveBack() {
      revoked.add('jti')
      return [{ kind: 'jwt', ref: 'jti' }]
    },
    retireKey() {
      keys.delete('kid')
      return [{ kind: 'key', ref: 'kid' }]
    },
    /** What concerns nobody here, at times more than is read at once. */
    other: () => Array.from({ length: random.pick([1, 3, 9]) }, () => ({ kind: 'role', ref: 'other' })),
  }
  /** Some often, some seldom: after a deletion there is little left to be wrong about. */
  const names = [...Object.keys(kinds), 'disable', 'bind', 'join', 'editRole', 'bind', 'disable', 'other']

  return {
    answer,
    commit(): string {
      const name = random.pick(names)
      for (const end of (kinds[name] as () => Ends)()) changes.push({ seq: ++position, ...end })
      return `${name} (${position})`
    },
    prune(): void {
      changes = changes.slice(-1 - random.below(3))
    },
    /** As `readFeed`, with a smaller limit. */
    feed(after: number) {
      const floor = Math.max(after, position - 8, (changes[0]?.seq ?? 1) - 1)
      return { floor, position, changes: changes.filter(({ seq }) => seq > floor) }
    },
    now: time.now,
  }
}

/** KV: what was put, sometime, somewhere; or that nothing was. */
function createKv(random: Random, time: Time) {
  const versions = new Map<string, RecordCopy[]>()
  return {
    async get(key: string): Promise<RecordCopy | undefined> {
      await time.sleep(random.pick([0, 1, 40, 700, 15_000]))
      const all = versions.get(key) ?? []
      return all.length === 0 || random.chance(0.3) ? undefined : structuredClone(random.pick(all))
    },
    async put(key: string, copy: RecordCopy): Promise<void> {
      await time.sleep(random.below(2_000))
      versions.set(key, [...(versions.get(key) ?? []), structuredClone(copy)])
    },
  }
}

const mayList = ({ grants }: Holder): boolean =>
  isGranted(compileGrants(grants), 'main', 'NAMESPACE_FILE:LIST')
const isAwake = ({ account }: Holder): boolean => account.disabledAt === null

/** The ways in: each asks as the worker does, and says yes or no by what it is told. */
interface Subject {
  readonly name: string
  readonly judge: (found: readonly unknown[]) => boolean
  readonly questions: readonly Question[]
  readonly ask: (reader: Reader) => Promise<readonly unknown[]>
}

const judgeToken = (holder: TokenHolder | undefined): boolean =>
  holder !== undefined && isAwake(holder) && holder.impersonator?.disabledAt !== 1 && mayList(holder)

const opaque = (id: string): Subject => {
  const questions = [tokenHolder(id)] as const
  return {
    name: id,
    questions,
    judge: ([holder]) => judgeToken(holder as TokenHolder | undefined),
    ask: async (reader) => reader.find(questions),
  }
}

const accessToken = (): Subject => {
  const questions = [signingKey('kid'), revocation('jti'), tokenHolder('t-ann')] as const
  return {
    name: 'jwt',
    questions,
    judge: ([key, isRevoked, parent]) =>
      key !== undefined && isRevoked === false && judgeToken(parent as TokenHolder | undefined),
    // As `tokens/access-tokens.ts`: issued before anything changed, it needs no look for whether it was given back.
    async ask(reader) {
      reader.suppose(questions[1], { value: false, seq: 0, dependencies: ['jwt jti'] })
      return reader.find(questions)
    },
  }
}

/** Of a workflow run. */
const runToken = (): Subject => {
  const questions = [signingKey('kid'), revocation('jti'), credentialHolder('fc')] as const
  return {
    name: 'run',
    questions,
    judge([key, isRevoked, parent]) {
      const holder = parent as CredentialHolder | undefined
      if (key === undefined || isRevoked !== false || !holder) return false
      return isAwake(holder) && holder.credential.version === 1 && holder.issuer.isEnabled && mayList(holder)
    },
    ask: async (reader) => reader.find(questions),
  }
}

/** As `accounts/basic.ts`: what was proved is recalled, and the account looked up. */
const password = (): Subject => {
  const questions = [accountHolder('ann')] as const
  return {
    name: 'basic',
    questions,
    judge: ([holder]) => holder !== undefined && isAwake(holder as Holder) && mayList(holder as Holder),
    async ask(reader) {
      await reader.refresh()
      if (reader.recall('basic ann') === undefined) {
        reader.remember('basic ann', true, { seq: reader.position, dependencies: ['account ann'] })
      }
      return reader.find(questions)
    },
  }
}

interface Period {
  readonly isGood: boolean
  readonly from: number
  /** Of the event in which it ended. */
  to: number
  toStep: number
}

/** @returns what went wrong, with all that happened; undefined when nothing did */
export async function runSchedule(seed: number): Promise<{ wrong: string | undefined; accepted: number }> {
  const random = createRandom(seed)
  const time = createTime()
  const database = createDatabase(random, time)
  const kv = createKv(random, time)
  const bound = random.pick([0, 1_000, 10_000, 10_000, 10_000, 60_000])
  const subjects = [
    opaque('t-ann'),
    opaque('t-bob'),
    opaque('t-imp'),
    opaque('t-new'),
    accessToken(),
    runToken(),
    password(),
  ]
  const log: string[] = [`bound ${bound}`]
  let wrong: string | undefined
  let step = 0
  let accepted = 0
  let open = 0

  const say = (text: string) => log.push(`${time.now()} ${text}`)
  const verdictOf = ({ judge, questions }: Subject) => judge(questions.map(database.answer))
  const history = new Map<Subject, Period[]>()
  for (const subject of subjects) {
    history.set(subject, [{ isGood: verdictOf(subject), from: 0, to: Infinity, toStep: Infinity }])
  }
  function commit(): void {
    step++
    say(`commit ${database.commit()}`)
    for (const [subject, periods] of history) {
      const last = periods.at(-1) as Period
      const isGood = verdictOf(subject)
      if (isGood === last.isGood) continue
      Object.assign(last, { to: time.now(), toStep: step })
      periods.push({ isGood, from: time.now(), to: Infinity, toStep: Infinity })
    }
  }

  const isolates = Array.from({ length: 2 + random.below(2) }, () => {
    const skew = random.pick([0, -3_600_000, 3_600_000])
    let jumps = 0
    const records: Records = createRecords({
      async ask(after, questions) {
        await time.sleep(random.pick([0, 1, 20, 20, 300, 4_000]))
        if (random.chance(0.03)) throw new Error('D1_ERROR: down')
        const answer = { feed: database.feed(after), found: questions.map(database.answer) }
        await time.sleep(random.pick([0, 1, 20, 20, 300, 4_000]))
        return structuredClone(answer)
      },
      copies: kv,
      maxStalenessMs: bound,
      staleIfErrorMs: 0,
      clock: () => time.now() + skew + jumps,
    })
    return { records, jump: () => (jumps += random.below(20_000)) }
  })

  async function request(): Promise<void> {
    const isStrict = random.chance(0.4)
    const subject = random.pick(subjects)
    const index = random.below(isolates.length)
    const arrived = { at: time.now(), step: ++step }
    const reader = (isolates[index] as (typeof isolates)[number]).records.reader({
      isStrict,
      waitUntil: (work) => void work.catch(() => undefined),
    })
    open++
    const found = await subject.ask(reader).catch(() => undefined)
    open--
    if (found === undefined) return
    const isAccepted = subject.judge(found)
    if (isAccepted) accepted++
    const name = `${isStrict ? 'strict ' : ''}${subject.name} at isolate ${index}, since ${arrived.at}`
    say(`${isAccepted ? 'accepted' : 'refused'} ${name}`)
    // While the request was under way, or as much before its decision as the bound allows.
    // Only a guess comes before its token; that there was none may be remembered against it, for so long.
    const mayLag = !isStrict || (!isAccepted && subject.name === 't-new')
    const isJustified = (history.get(subject) as Period[]).some(
      ({ isGood, to, toStep }) =>
        isGood === isAccepted && (toStep > arrived.step || (mayLag && to + bound >= time.now())),
    )
    if (!isJustified) wrong ??= `${name} was ${isAccepted ? 'accepted' : 'refused'} too late`
  }

  let at = 0
  for (let index = 0; index < 45; index++) {
    at += random.pick([0, 0, 1, 5, 50, 400, 3_000, bound / 2, bound, bound + 1])
    const kind = random.below(100)
    if (kind < 62) time.at(at, () => void request())
    else if (kind < 94) time.at(at, commit)
    else if (kind < 97) time.at(at, () => database.prune())
    else time.at(at, () => void random.pick(isolates).jump())
  }
  await time.run()
  if (open > 0) wrong ??= `${open} requests never ended`
  return { wrong: wrong && [`seed ${seed}: ${wrong}`, ...log].join('\n'), accepted }
}
