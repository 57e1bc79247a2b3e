/** What a workflow needs to act as the account: Postern's action, and leave to ask GitHub for an identity token. */

import { Code } from '../../../parts/code.tsx'
import { useVisit } from '../../../visit.ts'

export function Workflow({ account }: { readonly account: string }) {
  const { origin, tenant } = useVisit()
  const text = `permissions:
  contents: read
  id-token: write

steps:
  - uses: actions/checkout@v5
    with:
      persist-credentials: false
  - uses: OWNER/postern@v0 # wherever you keep this repository
    with:
      server: ${origin}
      tenant: ${tenant}
      service-account: ${account}
      namespace: prod
      directory: scripts`
  return (
    <section class="card" aria-labelledby="workflow">
      <header>
        <h2 id="workflow">In the workflow</h2>
      </header>
      <div class="body">
        <p class="muted">
          There is no secret to store. A run that no credential takes prints one with its own claims, for you
          to add here.
        </p>
        <Code id="workflow-text" label="Part of the workflow’s file">
          {text}
        </Code>
      </div>
    </section>
  )
}
