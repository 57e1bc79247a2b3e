/** The one comment that a pull request gets: with the plan, and rewritten whenever that changes. */

import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { type Http, json } from './http.ts'

export interface PullRequest {
  readonly graphqlUrl: string
  readonly token: string
  /** `owner/name`. */
  readonly repository: string
  readonly number: number
}

const Page = v.object({
  data: v.object({
    repository: v.object({
      pullRequest: v.object({
        id: v.string(),
        comments: v.object({
          nodes: v.array(v.object({ id: v.string(), body: v.string(), viewerDidAuthor: v.boolean() })),
          pageInfo: v.object({ hasPreviousPage: v.boolean(), startCursor: v.nullable(v.string()) }),
        }),
      }),
    }),
  }),
})

const FIND = `query ($owner: String!, $name: String!, $number: Int!, $before: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { id
    comments(last: 100, before: $before) { nodes { id body viewerDidAuthor } pageInfo { hasPreviousPage startCursor } }
  } } }`
const ADD = `mutation ($id: ID!, $body: String!) {
  addComment(input: { subjectId: $id, body: $body }) { clientMutationId } }`
const UPDATE = `mutation ($id: ID!, $body: String!) {
  updateIssueComment(input: { id: $id, body: $body }) { clientMutationId } }`

/**
 * Two requests. A comment counts as ours if the same account wrote it and it begins with our mark: whoever copies
 * the mark into a comment of their own has not had it rewritten.
 *
 * @param key tells one step from another that comments on the same pull request
 * @param isNews whether there is anything to say; if not, only a comment that is there already is rewritten
 * @throws {Failure} when GitHub does not answer as it should
 */
export async function putComment(
  github: Http,
  pull: PullRequest,
  { key, body, isNews }: { readonly key: string; readonly body: string; readonly isNews: boolean },
): Promise<void> {
  const mark = `<!-- postern:${createHash('sha256').update(key).digest('hex').slice(0, 16)} -->`
  const text = `${mark}\n${body}`
  const { pullRequestId, own } = await findComment(github, pull, mark)
  if (own === undefined && !isNews) return
  const [query, id] = own === undefined ? [ADD, pullRequestId] : [UPDATE, own]
  await ask(github, pull, query, { id, body: text }, Done)
}

const Done = v.object({ data: v.record(v.string(), v.object({})) })

async function findComment(github: Http, pull: PullRequest, mark: string) {
  const [owner, name] = pull.repository.split('/')
  for (let before: string | null = null; ; ) {
    const variables: Record<string, unknown> = { owner, name, number: pull.number, before }
    const { data } = await ask(github, pull, FIND, variables, Page)
    const { id, comments } = data.repository.pullRequest
    const own = comments.nodes.find(({ body, viewerDidAuthor }) => viewerDidAuthor && body.startsWith(mark))
    if (own || !comments.pageInfo.hasPreviousPage) return { pullRequestId: id, own: own?.id }
    before = comments.pageInfo.startCursor
  }
}

function ask<T>(
  github: Http,
  { graphqlUrl, token }: PullRequest,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  schema: v.GenericSchema<unknown, T>,
): Promise<T> {
  const headers = { Authorization: `Bearer ${token}` }
  return github.send(
    'POST',
    graphqlUrl,
    { headers, body: JSON.stringify({ query, variables }) },
    json(schema),
  )
}
