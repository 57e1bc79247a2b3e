/** How a request that was let through can fail on its way to Kestra and back. */

export type GatewayError =
  /** Not reached, hung up, or answered something that is not HTTP. */
  | { readonly code: 'kestra_unreachable' }
  /** Took the whole request and did not begin to answer, or stopped taking it. */
  | { readonly code: 'kestra_silent'; readonly seconds: number }
  /** Does not know Postern, or does not know what is asked for: a Kestra answers both with 401. */
  | { readonly code: 'kestra_unauthorized' }
  /** Whole folders are deployed to Postern; here the files are Kestra's. */
  | { readonly code: 'files_in_kestra' }
