/** What GitHub tells a job by way of its environment, whichever of our programs runs in it. */

export type Environment = Readonly<Record<string, string | undefined>>

/** All but the event is absent outside of GitHub. */
export interface Run {
  readonly event: string
  readonly pullRequest?: number
  readonly graphqlUrl: string
  /** The variables that GitHub sets, by their names without `GITHUB_`. */
  readonly variables: Environment
}

export function describeRun(env: Environment, pullRequest?: number): Run {
  const variables = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith('GITHUB_') && name !== 'GITHUB_TOKEN' ? [[name.slice('GITHUB_'.length), value]] : [],
    ),
  )
  return {
    event: env.GITHUB_EVENT_NAME ?? '',
    graphqlUrl: env.GITHUB_GRAPHQL_URL || 'https://api.github.com/graphql',
    variables,
    ...(pullRequest === undefined ? {} : { pullRequest }),
  }
}

/** Where GitHub mints identity tokens for a job, and what it wants for one. */
export interface Identity {
  readonly url: string
  readonly token: string
}

export function describeIdentity(env: Environment): Identity | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env
  return url && token ? { url, token } : undefined
}
