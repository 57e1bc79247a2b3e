/** The platform's rate limit: for each location, permissive, no account of anything. It sheds load. */

export interface Limiter {
  /** Counts one more under this name. */
  allows(name: string): Promise<boolean>
}

/** A limit that cannot be asked limits nobody: what it guards has its own proof. */
export function openLimiter(binding: RateLimit): Limiter {
  return {
    allows: async (name) => {
      const { success } = await binding.limit({ key: name }).catch(() => ({ success: true }))
      return success
    },
  }
}
