/** Every page of the console, in its main states. */

import { accountViews } from './account.ts'
import { gateViews } from './gate.ts'
import { serviceAccountViews } from './service-accounts.ts'
import type { GalleryView } from './view.ts'

export const views: readonly GalleryView[] = [...gateViews, ...serviceAccountViews, ...accountViews]
