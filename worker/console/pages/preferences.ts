/** How one likes to look at the console. Kept in the browser, which is where it matters. */

import * as v from 'valibot'
import { cookieOf } from '../../http/cookies.ts'
import { anyone } from '../../http/route.ts'
import { form, movedTo } from '../page.ts'
import { ownPath } from '../visit.ts'

const YEAR_MS = 365 * 86_400_000

export const preferenceForms = [
  form({
    path: '/preferences/theme',
    access: anyone,
    fields: v.object({ theme: v.picklist(['system', 'light', 'dark']), back: v.optional(v.string(), '') }),
    act: async ({ visit }, { theme, back }) => {
      const cookie = cookieOf(
        'theme',
        theme === 'system' ? '' : theme,
        visit.origin,
        theme === 'system' ? 0 : YEAR_MS,
      )
      return movedTo(ownPath(visit, back), undefined, [cookie])
    },
  }),
]
