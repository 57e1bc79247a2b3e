/** What a credential looks like, wherever it turns up where none belongs. */

/** A whole token of any of our kinds, a JWT, a stored password. */
const CREDENTIALS = /\bps[a-z]_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}\b|\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+|\bscrypt\$/

export const holdsCredential = (text: string): boolean => CREDENTIALS.test(text)
