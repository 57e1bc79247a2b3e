import { createServiceAccount } from '../people.ts'
import type { GalleryView } from './view.ts'

const list = '/ui/main/iam/service-accounts'

export const serviceAccountViews: readonly GalleryView[] = [
  {
    name: 'service-accounts',
    path: async () => {
      await createServiceAccount('gallery-terraform', { description: 'Applies the platform stack' })
      return list
    },
  },
  { name: 'service-accounts-nothing-found', path: `${list}?q=nothing-like-this` },
  { name: 'service-account-new', path: `${list}/new` },
  {
    name: 'service-account-new-refused',
    path: `${list}/new`,
    prepare: async (page) => {
      await page.locator('form[data-guard]').evaluate((form) => form.setAttribute('novalidate', ''))
      await page.getByLabel('Name').fill('MY_SERVICE_ACCOUNT')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'service-account',
    path: async () => `${list}/${(await createServiceAccount('gallery-empty')).id}`,
  },
]
