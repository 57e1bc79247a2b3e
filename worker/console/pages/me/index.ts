/** What people see and change of themselves. */

import { passwordForm } from './password.tsx'
import { profileForm } from './profile.tsx'
import { endOthersForm, endSessionForm } from './sessions.tsx'

export const mePages = [profileForm, passwordForm, endOthersForm, endSessionForm]
