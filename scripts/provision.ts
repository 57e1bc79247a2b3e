/** What an administrator does once for a repository: a service account, a role, a binding and a token, over the API. */

export interface Administrator {
  readonly username: string
  readonly password: string
}

export interface Deployer {
  readonly accountId: string
  /** The API token that goes into the repository's secrets. */
  readonly token: string
}

export async function setUp(url: string, admin: Administrator): Promise<void> {
  await send(`${url}/api/v1/setup`, admin)
}

/** A service account that may manage the files of one namespace and its descendants, and nothing else. */
export async function provisionDeployer(
  url: string,
  admin: Administrator,
  namespace: string,
  name = 'deploy-bot',
): Promise<Deployer> {
  const api = `${url}/api/v1/main`
  const credential = `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString('base64')}`
  const { id: accountId } = await send<{ id: string }>(
    `${api}/service-accounts`,
    { name, description: 'Deploys scripts from CI' },
    credential,
  )
  const { id: roleId } = await send<{ id: string }>(
    `${api}/roles`,
    { name: 'Namespace files', permissions: { NAMESPACE: ['MANAGE_FILES'] } },
    credential,
  )
  await send(
    `${api}/bindings`,
    { type: 'USER', externalId: accountId, roleId, namespaceId: namespace },
    credential,
  )
  const { fullToken: token } = await send<{ fullToken: string }>(
    `${api}/service-accounts/${accountId}/api-tokens`,
    { name: 'github-actions', maxAge: 'P30D' },
    credential,
  )
  return { accountId, token }
}

async function send<T>(url: string, body: unknown, credential?: string): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(credential === undefined ? {} : { Authorization: credential }),
    },
    body: JSON.stringify(body),
  })
  if (!response.ok)
    throw new Error(`POST ${new URL(url).pathname}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
