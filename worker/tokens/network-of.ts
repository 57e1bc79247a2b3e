/** Whom an address stands for, when attempts are counted. */

/** An IPv4 address, or the /64 of an IPv6 one, which is the least that one customer gets. */
export function networkOf(ipAddress: string): string {
  if (!ipAddress.includes(':')) return ipAddress
  const [head = '', tail] = ipAddress.toLowerCase().split('::')
  const groupsIn = (part = '') => part.split(':').filter(Boolean)
  const [before, after] = [groupsIn(head), groupsIn(tail)]
  const zeros = tail === undefined ? [] : new Array(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
