/**
 * Tells which names in a directory are one log: the live file and what was rotated away from it, in
 * the order in which they were written.
 */

export type NamedFile = {
  /** Sorts: the eldest first, the live file last. */
  rank: string
  isLive: boolean
  isGzip: boolean
}

const liveRank = 'z'

/**
 * `0.log.20261121-041503` of the kubelet and dateext of logrotate sort by their text; `syslog.1` is
 * newer than `syslog.2`. What is still being written (.tmp) is none.
 */
export function namedFile(base: string, name: string): NamedFile | undefined {
  if (name === base) return { rank: liveRank, isLive: true, isGzip: false }
  if (!name.startsWith(base) || /\.(?:tmp|swp|xz|bz2|zst)$/.test(name)) return undefined
  const isGzip = name.endsWith('.gz')
  const suffix = isGzip ? name.slice(base.length, -3) : name.slice(base.length)
  if (!/^[.-][\w.-]+$/.test(suffix)) return undefined
  const word = suffix.slice(1)
  const rank = /^\d{1,4}$/.test(word)
    ? `a${String(9999 - Number(word)).padStart(4, '0')}`
    : `b${word}`
  return { rank, isLive: false, isGzip }
}
