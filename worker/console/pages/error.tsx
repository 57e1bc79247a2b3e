/** What could not be shown or done, and what helps. */

import type { EdgeError } from '../../http/refusal.ts'
import { toRefusal } from '../../http/refusal.ts'
import { Gate, Page } from '../shell.tsx'
import { at, useVisit } from '../visit.ts'

const HEADINGS: Readonly<Record<number, string>> = {
  403: 'You may not do this',
  404: 'There is nothing here',
  409: 'This cannot be done as things are',
  410: 'This is over',
  422: 'Something is wrong with this',
  429: 'Too many tries',
  503: 'Not available just now',
}

/** What is better said in words of its own: heading and sentence. */
const WORDS: Readonly<Partial<Record<EdgeError['code'], readonly [string, string]>>> = {
  invitation_expired: [
    'This invitation has expired',
    'An invitation is good for a week. Ask whoever sent you the link for another.',
  ],
  invitation_used: [
    'This invitation was taken up',
    'It lets one person in, once. If that was you, sign in with the password that you chose.',
  ],
  invitation_unknown: [
    'This invitation is of no use',
    'The link is not whole, or the invitation was withdrawn. Ask whoever sent it to you.',
  ],
  csrf_failed: [
    'You may not do this',
    'This form was not sent from a page of this session. Go back, load the page again, and send it from there.',
  ],
}

/** In the shell for who is signed in, by itself for who is not. */
export function ErrorPage({ error, requestId }: { readonly error: EdgeError; readonly requestId?: string }) {
  const visit = useVisit()
  const { status, message, detail } = toRefusal(error)
  const [heading, said] = WORDS[error.code] ?? [HEADINGS[status] ?? 'Something went wrong', detail ?? message]
  const body = (
    <>
      <p>{said}</p>
      {error.code === 'permission_missing' && visit.principal && (
        <p>
          <a href={explorerFor(error.permission, error.namespace)}>Why may I not?</a>
        </p>
      )}
      {requestId && <p class="muted small">Request {requestId}</p>}
      <div class="actions">
        <a class="button" href={`${visit.base}/`}>
          {visit.principal ? 'Overview' : 'Sign in'}
        </a>
      </div>
    </>
  )
  return visit.principal ? <Page title={heading}>{body}</Page> : <Gate title={heading}>{body}</Gate>

  function explorerFor(permission: string, namespace: string | undefined): string {
    const question = new URLSearchParams({ account: visit.principal?.accountId ?? '', permission })
    if (namespace !== undefined) question.set('namespace', namespace)
    return `${at(visit, 'iam', 'access')}?${question}`
  }
}
