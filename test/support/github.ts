/** As much of GitHub as the Action meets: where identity tokens are minted, and comments of one pull request. */

import { type Received, type StandIn, sendJson, startServer } from '../action/fixtures.ts'

export const REQUEST_TOKEN = 'canary-request-token-1234567890'
export const GITHUB_TOKEN = 'ghs_canary_github_token_1234567890'

export interface Comment {
  readonly id: string
  readonly author: string
  body: string
}

export interface GithubStandIn extends StandIn {
  readonly comments: Comment[]
  /** Identity tokens in the order they were minted. */
  readonly minted: string[]
  /** What a job has in its environment if it may ask for identity tokens. */
  readonly identity: Record<string, string>
  /** What a workflow has in its environment to speak to GitHub. */
  readonly graphql: Record<string, string>
  /** Statuses that the next requests get instead of an answer. */
  readonly faults: number[]
}

export const CLAIMS = {
  iss: 'https://token.actions.githubusercontent.com',
  repository: 'acme/data',
  repository_id: '789012',
  repository_owner_id: '123456',
  ref: 'refs/heads/main',
  event_name: 'push',
  job_workflow_ref: 'acme/data/.github/workflows/deploy.yml@refs/heads/main',
}

export async function startGithub(): Promise<GithubStandIn> {
  const comments: Comment[] = []
  const minted: string[] = []
  const faults: number[] = []
  const server = await startServer((request, response) => {
    const fault = faults.shift()
    if (fault) return sendJson(response, fault, { message: 'No' })
    if (request.path.startsWith('/mint?')) return sendJson(response, 200, { value: mint(request) })
    if (request.headers.authorization !== `Bearer ${GITHUB_TOKEN}`) {
      return sendJson(response, 401, { message: 'Bad credentials' })
    }
    sendJson(response, 200, { data: query(JSON.parse(String(request.body))) })
  })

  /** Each one its own, for the audience that is asked for; signed by nobody. */
  function mint({ path, headers }: Received): string {
    if (headers.authorization !== `Bearer ${REQUEST_TOKEN}`) return ''
    const aud = new URL(path, 'http://github').searchParams.get('audience')
    const claims = { ...CLAIMS, aud, jti: `jti-${minted.length}` }
    const [header, payload] = [{ alg: 'RS256' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    )
    const token = `${header}.${payload}.canary-signature-${minted.length}`
    minted.push(token)
    return token
  }

  function query({ query, variables }: { query: string; variables: Record<string, string> }): object {
    if (query.includes('addComment')) {
      comments.push({ id: `c${comments.length + 1}`, author: 'github-actions', body: variables.body ?? '' })
      return { addComment: { clientMutationId: null } }
    }
    if (query.includes('updateIssueComment')) {
      const comment = comments.find(({ id }) => id === variables.id)
      if (comment) comment.body = variables.body ?? ''
      return { updateIssueComment: { clientMutationId: null } }
    }
    // Newest page first, as `last` and `before` have it; two to a page, so that few comments make several.
    const end = variables.before === null ? comments.length : Number(variables.before)
    const start = Math.max(0, end - 2)
    const nodes = comments
      .slice(start, end)
      .map(({ id, body, author }) => ({ id, body, viewerDidAuthor: author === 'github-actions' }))
    const pageInfo = { hasPreviousPage: start > 0, startCursor: String(start) }
    return { repository: { pullRequest: { id: 'PR_1', comments: { nodes, pageInfo } } } }
  }

  return {
    ...server,
    comments,
    minted,
    faults,
    identity: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/mint?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    },
    graphql: { GITHUB_GRAPHQL_URL: `${server.url}/graphql` },
  }
}
