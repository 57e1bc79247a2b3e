/** Every page of the console, in its main states. */

import { accessViews } from './access.ts'
import { accountViews } from './account.ts'
import { gateViews } from './gate.ts'
import { governanceViews } from './governance.ts'
import { peopleViews } from './people.ts'
import { serviceAccountViews } from './service-accounts.ts'
import type { GalleryView } from './view.ts'

export const views: readonly GalleryView[] = [
  ...gateViews,
  ...serviceAccountViews,
  ...accountViews,
  ...accessViews,
  ...peopleViews,
  ...governanceViews,
]
