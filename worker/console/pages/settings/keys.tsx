/** Rotating what Postern signs and seals with. */

import * as v from 'valibot'
import { resealSigningKeys } from '../../../accounts/master-key.ts'
import { superadmin } from '../../../http/route.ts'
import { rotateSigningKeys } from '../../../tokens/rotation.ts'
import { flash } from '../../flash.ts'
import { form, movedTo } from '../../page.ts'
import { Choices, Form } from '../../parts/form.tsx'
import { Page } from '../../shell.tsx'
import { useVisit } from '../../visit.ts'

const HASTE = {
  step: { isWanted: true },
  now: { isWanted: true, isNow: true },
  drop: { isWanted: true, isNow: true, isDropping: true },
} as const

export const keyForms = [
  form({
    path: '/settings/signing-keys/rotate',
    access: superadmin,
    fields: v.object({ how: v.picklist(Object.keys(HASTE) as (keyof typeof HASTE)[], 'must be chosen') }),
    show: async () => <Rotate />,
    act: async ({ edge: { db, keys, copies }, principal, visit }, { how }) => {
      await rotateSigningKeys(db, keys, copies, principal, HASTE[how])
      return movedTo(`${visit.base}/settings`, flash('signing_key_rotated'))
    },
  }),
  form({
    path: '/settings/master-key/reseal',
    access: superadmin,
    fields: v.object({}),
    act: async ({ edge, principal, visit }) => {
      await resealSigningKeys(edge.db, edge.keys, principal)
      return movedTo(`${visit.base}/settings`, flash('signing_keys_resealed'))
    },
  }),
]

function Rotate() {
  const settings = `${useVisit().base}/settings`
  return (
    <Page
      title="Rotate signing keys"
      lead="The new key signs access tokens from then on. API tokens, passwords and sessions do not hang on it."
      crumbs={[['Settings', settings]]}
    >
      <Form submit="Rotate" cancel={settings}>
        <Choices
          name="how"
          label="How"
          value="step"
          options={[
            {
              value: 'step',
              label: 'In good time',
              hint: 'It is published first, and signs when everybody can know it. Nothing stops working.',
            },
            {
              value: 'now',
              label: 'At once',
              hint: 'Who checks by a copy of the JWKS may not know it for six minutes. What was signed before stays good.',
            },
            {
              value: 'drop',
              label: 'At once, and drop the old ones',
              hint: 'For a key in the wrong hands: every access token there is stops working. Workflows that run must exchange again.',
            },
          ]}
        />
      </Form>
    </Page>
  )
}
