/** When something broke on the way to a page: nothing is known of who reads, so little is said. */

import type { Refusal } from '../http/refusal.ts'
import { pageAnswer } from './answer.ts'
import { Gate } from './shell.tsx'
import { type Visit, VisitProvider } from './visit.ts'

/** @param base where the console is */
export async function failurePage(
  base: string,
  { status, message, headers = {} }: Refusal,
  requestId: string,
): Promise<Response> {
  const visit: Visit = {
    base,
    path: `${base}/`,
    origin: '',
    displayName: '',
    tenant: '',
    tenants: [],
    csrfToken: '',
    now: 0,
    timeZone: 'UTC',
    hasFiles: false,
    maxStalenessMs: 0,
    mayReturn: false,
  }
  const page = (
    <Gate title="This did not work" lead={message}>
      <p class="muted small">
        Who looks into it wants to know the request: <span class="mono">{requestId}</span>
      </p>
      <a class="button" href={`${base}/`}>
        Overview
      </a>
    </Gate>
  )
  const answer = pageAnswer(status, await (<VisitProvider value={visit}>{page}</VisitProvider>).toString())
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value)
  return answer
}
