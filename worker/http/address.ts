/** Where a request was sent. Its URL is parsed when somebody asks: that takes longer than to judge a token that is known. */
export class Address {
  readonly #text: string
  #url: URL | undefined

  constructor(url: string) {
    this.#text = url
  }

  /** Scheme, host and port. */
  get origin(): string {
    return this.#parsed.origin
  }

  get pathname(): string {
    return this.#parsed.pathname
  }

  get query(): URLSearchParams {
    return this.#parsed.searchParams
  }

  /** As it was sent, after the `?`; empty for none. */
  get rawQuery(): string {
    return this.#text.includes('?') ? this.#parsed.search.slice(1) : ''
  }

  get #parsed(): URL {
    this.#url ??= new URL(this.#text)
    return this.#url
  }
}
