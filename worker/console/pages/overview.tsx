/** Where the console starts. Who is not signed in does so here: Kestra's clients look for the session's token on it. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { anyone } from '../../http/route.ts'
import { page } from '../page.ts'
import { Page } from '../shell.tsx'
import { at, may, useVisit } from '../visit.ts'
import { SignInPage } from './sign-in.tsx'

export const overviewPage = page({
  path: '/',
  access: anyone,
  query: v.object({ tenant: v.fallback(v.optional(TenantId), undefined) }),
  show: async ({ principal }) => (principal ? <Overview /> : <SignInPage />),
})

function Overview() {
  const visit = useVisit()
  return (
    <Page title="Overview" lead="Who may call Kestra, with what, and for how long.">
      {may(visit, 'SERVICE_ACCOUNT:LIST') && (
        <p>
          <a href={at(visit, 'iam', 'service-accounts')}>Service accounts</a>
        </p>
      )}
    </Page>
  )
}
