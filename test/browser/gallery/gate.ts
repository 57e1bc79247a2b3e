import type { GalleryView } from './view.ts'

export const gateViews: readonly GalleryView[] = [
  { name: 'sign-in', isSignedOut: true, path: '/ui/' },
  {
    name: 'sign-in-refused',
    isSignedOut: true,
    path: '/ui/sign-in',
    prepare: async (page) => {
      await page.getByLabel('E-mail address').fill('nobody@example.com')
      await page.getByLabel('Password').fill('Wrong!1234')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'overview', path: '/ui/' },
  { name: 'not-found', path: '/ui/main/nothing', status: 404 },
]
