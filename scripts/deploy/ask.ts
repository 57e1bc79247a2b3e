/** What the steps of a deployment ask wrangler, and when they give up. */

/** A command of wrangler for the environment that is deployed. */
export type Ask = (
  /** Its words, with a space between them. */
  command: string,
  options?: {
    /** What has spaces in it. */
    readonly more?: readonly string[]
    /** Another environment, for a command that makes more of it than it should. */
    readonly environment?: string
    /** Where wrangler writes what it did, a line of JSON for each. */
    readonly report?: string
  },
) => Promise<string>

export type Say = (line: string) => void

/** Nothing went wrong; the administrator has to do something first, and the message says what. */
export class Refusal extends Error {}
