/** Bindings: the list, and giving, looking at, replacing and taking away one. */

import { bindingPage } from './binding.tsx'
import { unbindForm } from './delete.tsx'
import { bindingsPage } from './list.tsx'
import { bindForm } from './new.tsx'
import { replaceForm } from './replace.tsx'

export const bindingPages = [bindingsPage, bindForm, bindingPage, replaceForm, unbindForm]
