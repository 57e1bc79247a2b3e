/**
 * What D1 knows, remembered: isolate memory, then copies in KV, then D1 itself. All three are ruled by the change
 * feed, so that what is remembered is never older than it may be. Records are kept, never verdicts.
 */

import type { Feed } from '../storage/changes.ts'
import { StorageUnavailable, withDeadline } from '../storage/database.ts'
import type { Selection } from '../storage/selection.ts'
import { createLedger, type Fact } from './ledger.ts'
import { createMemory } from './memory.ts'

/** Something that only D1 knows. */
export interface Question<T = unknown> {
  /** Unique among all questions, such as `token 5eagTNHdBbSs`. */
  readonly key: string
  select(): Selection<T>
  /** What the answer hangs on, as the change feed names it. */
  dependenciesOf(found: T | undefined): readonly string[]
  /** How the answer is kept in KV; absent when it is not. */
  readonly copy?: CopyForm<T>
  /** The key was drawn at random: nobody asks for it before it is there, so that it is not there is remembered too. */
  readonly isUnguessable?: boolean
}

export interface CopyForm<T> {
  pack(found: T): unknown
  unpack(packed: unknown): T
}

export interface RecordCopies {
  get(key: string): Promise<RecordCopy | undefined>
  put(key: string, copy: RecordCopy): Promise<void>
}

export interface RecordCopy {
  /** The position of the feed at which the record was made. */
  readonly seq: number
  readonly record: unknown
}

/** The D1 primary: the feed after `after`, and the answers, as they are at one moment. */
export type Authority = (
  after: number,
  questions: readonly Question[],
) => Promise<{ readonly feed: Feed; readonly found: readonly unknown[] }>

export interface RecordsOptions {
  readonly ask: Authority
  readonly copies: RecordCopies
  /** How old what is known of the feed may be when a request is judged by it. */
  readonly maxStalenessMs: number
  /** The same while D1 cannot say what is new. It stretches the bound on every revocation: 0 leaves it as it is. */
  readonly staleIfErrorMs: number
  /** Milliseconds since 1970. A request that waits for I/O lives through several instants. */
  readonly clock: () => number
}

/** One request's view of the records. */
export interface Reader {
  /**
   * Answers all questions as of one moment, which lies at most `maxStalenessMs` back, or within this request if it
   * is strict. Cost: nothing when all is known; otherwise one look into KV, or one round trip to D1, or both.
   *
   * @param isConfirming asks D1 whatever is known
   * @throws {StorageUnavailable}
   */
  find<Q extends readonly Question[]>(questions: Q, options?: FindOptions): Answers<Q> | Promise<Answers<Q>>
  /** The same moment, and no question: whoever decides by what only D1 knows sees to it first that D1 is not put back. */
  refresh(): Promise<void>
  /** Whether `find` would have an answer in memory, if an old one. */
  knows(question: Question): boolean
  /**
   * Takes this for the answer, for this request and as long as the feed does not name it: of what could only become
   * otherwise by a change after its position. What is remembered comes first.
   */
  suppose<T>(question: Question<T>, supposed: Supposed<T>): void
  /** What is in memory, if it was right when the feed was last read. Decides nothing but a refusal. */
  glance<T>(question: Question<T>): T | undefined
  /** The feed's position now: for `remember`, taken before what is remembered was worked out. */
  readonly position: number
  /** Keeps something that was worked out from records, for as long as what it hangs on stays as it is. */
  remember(key: string, value: unknown, fact: Fact): void
  /** To be believed after `find` or `refresh`. */
  recall<T>(key: string): T | undefined
  /** From now on strict. @returns false when what is known was asked for by this request anyway */
  insist(): boolean
  /** This request has changed something: whoever comes next to this isolate reads the feed first. */
  outdate(): void
  /** How old the knowledge is by which this request was judged last, in milliseconds. */
  stalenessMs(): number
  /** Whether that is older than it may be, because D1 did not answer. */
  readonly isStretched: boolean
}

export interface FindOptions {
  readonly isConfirming?: boolean
}

export interface ReaderOptions {
  readonly isStrict: boolean
  /** Goes on with a promise after the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void
}

export interface Records {
  reader(options: ReaderOptions): Reader
}

export type Answers<Q> = { [I in keyof Q]: Q[I] extends Question<infer T> ? T | undefined : never }

export interface Supposed<T> extends Fact {
  readonly value: T
}

interface Entry extends Fact {
  /** Undefined: there is no such thing. */
  readonly value: unknown
  /** Whether KV has it too, as far as this isolate knows. */
  isCopied?: boolean
}

/** Each round but the first follows on a change of just what is asked for, or on a copy that is of no use. */
const MAX_ROUNDS = 8

/** A request had better be refused than wait longer for leave to begin. */
const TIMEOUT_MS = 2_000

/** What comes after the deadline is still worth knowing. Workers allow 30 s after the answer (`waitUntil`). */
const LATE_MS = 25_000

export function createRecords({
  ask,
  copies,
  maxStalenessMs,
  staleIfErrorMs,
  clock,
}: RecordsOptions): Records {
  let ledger = createLedger()
  /** When the last question to D1 was sent: all that was committed before is known. */
  let syncedAt = Number.NEGATIVE_INFINITY
  let refreshedAt = Number.NEGATIVE_INFINITY
  const found = createMemory<Entry>()
  /** Apart, so that a flood of guesses drives nothing out. */
  const absences = createMemory<Entry>()
  const worked = createMemory<Entry>()

  /** A clock that was put back makes everything old. */
  const isWithin = (ms: number, since: number): boolean => {
    const age = clock() - since
    return age >= 0 && age <= ms
  }

  const lookUp = ({ key }: Question): Entry | undefined =>
    holding(found.get(key)) ?? holding(absences.get(key))
  const holding = (entry: Entry | undefined) => (entry && ledger.holds(entry) ? entry : undefined)

  function keep(question: Question, value: unknown, seq: number, isCopied = false): Entry {
    const entry: Entry = { value, seq, dependencies: question.dependenciesOf(value), isCopied }
    if (value !== undefined) found.set(question.key, entry)
    else if (question.isUnguessable) absences.set(question.key, entry)
    return entry
  }

  /**
   * Each request asks for itself: another one's promise may die with that one. An answer that is too late for it is not
   * thrown away: else isolates that know nothing would ask a D1 that is busy with them, and learn nothing, for ever.
   */
  function askAuthority(questions: readonly Question[], waitUntil: ReaderOptions['waitUntil']) {
    const answer = learn(questions)
    waitUntil(withDeadline(answer, LATE_MS).catch(() => undefined))
    return withDeadline(answer, TIMEOUT_MS)
  }

  async function learn(questions: readonly Question[]) {
    const after = ledger.position
    // Before, not after: what is committed while the question is under way may or may not be in the answer.
    const sentAt = clock()
    const { feed, found: values } = await ask(after, questions)
    if (feed.position < after) {
      // The database was put back to an earlier state. Nothing that is known is about this one.
      ledger = createLedger()
      for (const memory of [found, absences, worked]) memory.clear()
      ledger.extend({ floor: feed.position, position: feed.position, changes: [] })
    } else {
      ledger.extend(feed)
    }
    syncedAt = sentAt
    return questions.map((question, index) => keep(question, values[index], feed.position))
  }

  async function fetchCopy(question: Question): Promise<void> {
    const copy = question.copy && (await copies.get(question.key))
    if (copy) keep(question, question.copy?.unpack(copy.record), copy.seq, true)
  }

  /** A class, because every request makes one: a closure for each method would weigh more than what they do. */
  class RequestReader implements Reader {
    #mayLag: boolean
    #hasAsked = false
    #judgedBy = syncedAt
    isStretched = false
    readonly #waitUntil: ReaderOptions['waitUntil']
    /** By their questions' keys. */
    #supposed: Map<string, Entry> | undefined

    constructor({ isStrict, waitUntil }: ReaderOptions) {
      this.#mayLag = !isStrict && maxStalenessMs > 0
      this.#waitUntil = waitUntil
    }

    /** At once where all is known: on the way that nearly every request takes, each promise weighs. */
    find<Q extends readonly Question[]>(questions: Q, { isConfirming = false }: FindOptions = {}) {
      const known = isConfirming ? undefined : this.#conclude(questions, this.#lookUp(questions))
      return (known ?? this.#findOut(questions, isConfirming)) as Answers<Q> | Promise<Answers<Q>>
    }

    async refresh() {
      await this.find([])
    }

    knows(question: Question) {
      return lookUp(question) !== undefined
    }

    suppose<T>({ key }: Question<T>, supposed: Supposed<T>) {
      this.#supposed ??= new Map()
      this.#supposed.set(key, supposed)
    }

    glance<T>(question: Question<T>) {
      return lookUp(question)?.value as T | undefined
    }

    get position() {
      return ledger.position
    }

    remember(key: string, value: unknown, fact: Fact) {
      worked.set(key, { ...fact, value })
    }

    recall<T>(key: string) {
      return holding(worked.get(key))?.value as T | undefined
    }

    insist() {
      this.#mayLag = false
      return !this.#hasAsked
    }

    outdate() {
      syncedAt = Number.NEGATIVE_INFINITY
    }

    stalenessMs() {
      return clock() - this.#judgedBy
    }

    #lookUp(questions: readonly Question[], told?: ReadonlyMap<Question, Entry>) {
      return questions.map(
        (question) =>
          lookUp(question) ?? holding(told?.get(question)) ?? holding(this.#supposed?.get(question.key)),
      )
    }

    /** The answers, if all are there and as fresh as this request needs them. */
    #conclude(
      questions: readonly Question[],
      known: ReadonlyArray<Entry | undefined>,
    ): unknown[] | undefined {
      if (!this.#isFresh() || known.includes(undefined)) return undefined
      this.#judgedBy = syncedAt
      if (this.#refreshAhead()) this.#copy(questions, known)
      return known.map((entry) => entry?.value)
    }

    async #findOut(questions: readonly Question[], isConfirming: boolean): Promise<unknown[]> {
      /** What D1 has told this request itself, until the feed says otherwise. */
      const told = new Map<Question, Entry>()
      let hasCopies = false

      const askFor = async (missing: readonly Question[]): Promise<void> => {
        const entries = await askAuthority(missing, this.#waitUntil)
        this.#hasAsked = true
        for (const [index, question] of missing.entries()) {
          told.set(question, entries[index] as Entry)
        }
      }

      if (isConfirming) await askFor(questions)
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const known = this.#lookUp(questions, told)
        const concluded = this.#conclude(questions, known)
        if (concluded) return concluded
        const missing = questions.filter((_, index) => known[index] === undefined)
        // What is unknown need not be asked for again and again, however strictly: refusing is always safe.
        const isHopeless = known.some((entry) => entry !== undefined && entry.value === undefined)
        if (isHopeless && isWithin(maxStalenessMs, syncedAt)) return known.map((entry) => entry?.value)
        if (this.#isFresh() && !hasCopies && missing.some(({ copy }) => copy)) {
          hasCopies = true
          await Promise.all(missing.map(fetchCopy))
        } else {
          try {
            await askFor(missing)
          } catch (error) {
            const stretched = this.#stretch(known)
            if (stretched) return stretched
            throw error
          }
        }
      }
      throw new StorageUnavailable('What was asked for changes faster than it can be read')
    }

    /** The answers, if all are there and D1 may be out for as long as this. Never for a strict request. */
    #stretch(known: ReadonlyArray<Entry | undefined>): unknown[] | undefined {
      if (!this.#mayLag || !isWithin(staleIfErrorMs, syncedAt) || known.includes(undefined)) return undefined
      this.#judgedBy = syncedAt
      this.isStretched = true
      return known.map((entry) => entry?.value)
    }

    #isFresh(): boolean {
      return this.#hasAsked || (this.#mayLag && isWithin(maxStalenessMs, syncedAt))
    }

    /**
     * In steady traffic nobody waits for the feed: whoever finds it half as old as it may be has it read meanwhile.
     *
     * @returns whether it was this request
     */
    #refreshAhead(): boolean {
      if (!this.#mayLag || isWithin(maxStalenessMs / 2, Math.max(syncedAt, refreshedAt))) return false
      refreshedAt = clock()
      // If it fails, the next request that needs the feed asks again and says so.
      void askAuthority([], this.#waitUntil).catch(() => undefined)
      return true
    }

    /**
     * For isolates that come to know these records later. Now and then, of what is in use: KV takes few writes, and
     * neither a cold isolate nor a token that is used once makes any.
     */
    #copy(questions: readonly Question[], known: ReadonlyArray<Entry | undefined>): void {
      for (const [index, { key, copy }] of questions.entries()) {
        const entry = known[index]
        if (!copy || entry?.value === undefined || entry.isCopied) continue
        entry.isCopied = true
        this.#waitUntil(copies.put(key, { seq: entry.seq, record: copy.pack(entry.value) }))
      }
    }
  }

  return { reader: (options) => new RequestReader(options) }
}
