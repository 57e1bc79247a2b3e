/** What people see and change of themselves. */

import { tokenPages } from '../account/tokens.tsx'
import { passwordForm } from './password.tsx'
import { mePlace } from './place.ts'
import { profileForm } from './profile.tsx'
import { endOthersForm, endSessionForm } from './sessions.tsx'

export const mePages = [profileForm, passwordForm, endOthersForm, endSessionForm, ...tokenPages(mePlace)]
