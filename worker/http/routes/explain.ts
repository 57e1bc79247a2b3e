/** Why may it, why may it not. */

import * as v from 'valibot'
import { TenantId } from '../../../shared/names.ts'
import { ExplainQuery, Explanation, type Reason } from '../../../shared/wire/explain.ts'
import type { BindingInFull } from '../../access/bindings.ts'
import { explainAccess } from '../../access/explain.ts'
import { answer, json } from '../answer.ts'
import { route, signedIn } from '../route.ts'

export const explainRoutes = [
  route({
    method: 'GET',
    path: '/api/v1/:tenant/access/explain',
    summary: 'Why an account may do something and why not; about others it takes BINDING:LIST',
    access: signedIn,
    params: v.object({ tenant: TenantId }),
    query: ExplainQuery,
    answers: { 200: Explanation },
    handle: async ({ edge, principal, params, query }) =>
      answer(await explainAccess(edge.db, principal, params.tenant, query), ({ account, explanation }) => {
        const { isAllowed, because, elsewhere, isBySuperadmin } = explanation
        const asked = {
          permission: query.permission,
          ...(query.namespace === undefined ? {} : { namespace: query.namespace }),
        }
        return json(200, {
          account: { id: account.id, username: account.name },
          ...asked,
          allowed: isAllowed,
          because: because.map(toReason),
          superAdmin: isBySuperadmin,
          disabled: account.disabledAt !== null,
          ...(isAllowed ? {} : { missing: { ...asked, elsewhere: elsewhere.map(toReason) } }),
        } satisfies Explanation)
      }),
  }),
]

const toReason = ({ binding, role, group }: BindingInFull): Reason => ({
  binding: binding.id,
  role: { id: role.id, name: role.name },
  ...(group === null ? {} : { group: { id: group.id, name: group.name } }),
  ...(binding.namespace === null ? {} : { namespace: binding.namespace }),
})
