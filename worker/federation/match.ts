/**
 * Which federated credential an assertion fits: every condition of it must hold, exactly. A claim that is missing, or
 * is anything but a plain text, holds nothing.
 */

import type { Match } from '../../shared/wire/federation.ts'
import type { Candidate } from '../storage/federation.ts'
import { type Claims, isPlainClaim } from './assertion.ts'

/** In the order of `Match`: the repository's identity first. */
export function failingClaims(match: Match, claims: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(match)
    .filter(([name, allowed]) => {
      const value = claims[name]
      if (!isPlainClaim(value)) return true
      const isEqual = name === 'ref' ? isRefLike : (one: string) => one === value
      return ![allowed ?? []].flat().some((one) => isEqual(one, value))
    })
    .map(([name]) => name)
}

/** A pattern is exact, or has one star at its end for the rest of that segment, or is the one for pull requests. */
function isRefLike(pattern: string, ref: string): boolean {
  if (pattern === 'refs/pull/*/merge') return /^refs\/pull\/\d+\/merge$/.test(ref)
  if (!pattern.endsWith('*')) return ref === pattern
  const start = pattern.slice(0, -1)
  return ref.startsWith(start) && !ref.slice(start.length).includes('/')
}

/** Policies that know the repository, and what they say. */
export type Known =
  /** All of one account, the oldest first. */
  | { readonly kind: 'fitting'; readonly candidates: readonly [Candidate, ...Candidate[]] }
  /**
   * The one that came closest, and the claim it failed by; or `service_account` where several accounts would do and
   * none is named; or why the policy is out of force.
   */
  | { readonly kind: 'refused'; readonly candidate: Candidate; readonly reason: string }

export type Choice = Known | { readonly kind: 'stranger' }

/**
 * @param candidates of the assertion's issuer and repository, the oldest first
 * @param serviceAccount an id or a name, when the caller names one
 */
export function chooseCredential(
  candidates: readonly Candidate[],
  claims: Claims,
  serviceAccount: string | undefined,
  now: number,
): Choice {
  const judged = candidates
    .filter(
      ({ account: { id, name } }) => serviceAccount === undefined || [id, name].includes(serviceAccount),
    )
    .map((candidate) => ({ candidate, reasons: reasonsAgainst(candidate, claims, now) }))
    .sort((a, b) => a.reasons.length - b.reasons.length)
  const closest = judged[0]
  if (!closest) return { kind: 'stranger' }
  const { candidate, reasons } = closest
  if (reasons[0] !== undefined) return { kind: 'refused', candidate, reason: reasons[0] }
  const others = judged.slice(1).flatMap((one) => (one.reasons.length === 0 ? [one.candidate] : []))
  return others.every(({ account }) => account.id === candidate.account.id)
    ? { kind: 'fitting', candidates: [candidate, ...others] }
    : { kind: 'refused', candidate, reason: 'service_account' }
}

function reasonsAgainst({ credential, account }: Candidate, claims: Claims, now: number): string[] {
  const failing = failingClaims(credential.match, claims)
  if (!credential.isEnabled) failing.push('credential_disabled')
  if (credential.expiresAt !== null && credential.expiresAt <= now) failing.push('credential_expired')
  if (account.disabledAt !== null) failing.push('account_disabled')
  return failing
}
