/** How a token is used. None of this holds it: what is copied from here can go into a ticket. */

import { Code } from '../../parts/code.tsx'

/** Where the token is expected. */
export const VARIABLE = 'KESTRA_API_TOKEN'

interface Server {
  readonly origin: string
  readonly tenant: string
}

const SNIPPETS: readonly (readonly [id: string, label: string, text: (server: Server) => string])[] = [
  [
    'curl',
    'curl',
    ({ origin, tenant }) => `curl --fail \\
  --header "Authorization: Bearer $${VARIABLE}" \\
  '${origin}/api/v1/${tenant}/namespaces/search?page=1&size=10'`,
  ],
  [
    'actions',
    'GitHub Actions',
    ({ origin, tenant }) => `# Settings → Secrets and variables → Actions → ${VARIABLE}
- uses: OWNER/postern@v0 # wherever you keep this repository
  with:
    server: ${origin}
    tenant: ${tenant}
    namespace: prod
    directory: scripts
    api-token: \${{ secrets.${VARIABLE} }}

# The same token with Kestra's own action
- uses: kestra-io/github-actions/deploy-flows@main
  with:
    directory: ./kestra/flows
    server: ${origin}
    tenant: ${tenant}
    apiToken: \${{ secrets.${VARIABLE} }}`,
  ],
  [
    'terraform',
    'Terraform',
    ({ origin, tenant }) => `# export TF_VAR_kestra_api_token="$${VARIABLE}"
variable "kestra_api_token" {
  sensitive = true
}

provider "kestra" {
  url       = "${origin}"
  tenant_id = "${tenant}"
  api_token = var.kestra_api_token
}`,
  ],
  [
    'cli',
    'Command line',
    ({ origin, tenant }) => `npx postern namespace files update prod ./scripts \\
  --server ${origin} \\
  --tenant ${tenant} \\
  --api-token "$${VARIABLE}"`,
  ],
]

export function Snippets(server: Server) {
  return (
    <div class="snippets">
      <fieldset class="tabline">
        <legend>Use it with</legend>
        {SNIPPETS.map(([id, label], index) => (
          <label>
            <input type="radio" name="snippet" value={id} checked={index === 0} />
            {label}
          </label>
        ))}
      </fieldset>
      {SNIPPETS.map(([id, label, text]) => (
        <Code id={`snippet-${id}`} label={label}>
          {text(server)}
        </Code>
      ))}
    </div>
  )
}
