/** Signing in with a browser, and what there is around passwords. */

import * as v from 'valibot'
import { Password } from '../names.ts'

const Text = v.pipe(v.string(), v.maxLength(256, 'must have at most 256 characters'))

/** Neither is held to a rule here: what is wrong is simply not let in. */
export const Login = v.object({ username: Text, password: Text })
export const LoggedIn = v.object({ id: v.string(), username: v.string() })

export const ForgottenPassword = v.object({ username: Text })
export const ResetPassword = v.object({ token: Text, password: Password })
