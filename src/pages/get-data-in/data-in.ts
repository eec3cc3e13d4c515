/** What the server tells of its listeners and of what came in, and sums of it. */

export type Received = {
  source: string
  signal: string
  accepted: number
  rejected: Readonly<Record<string, number>>
  last_ms: number
}
export type DataIn = {
  now_ms: number
  /** Senders need no token, because only this machine reaches the listeners. */
  is_open: boolean
  is_tls: boolean
  public_url: string
  listeners: readonly { name: string; address: string; is_loopback: boolean }[]
  is_ui_loopback: boolean
  received: readonly Received[]
  refused: readonly { listener: string; refused: Readonly<Record<string, number>> }[]
}

type Sender = { receivers: readonly string[]; signal?: string }

/** What came in over the protocol of a source. */
export function sumOf(received: readonly Received[], { receivers, signal: wanted }: Sender) {
  const own = received.filter(
    ({ source, signal }) =>
      receivers.includes(source) && (wanted === undefined || signal === wanted),
  )
  const rejected = new Map<string, number>()
  for (const one of own) {
    for (const [reason, count] of Object.entries(one.rejected)) {
      rejected.set(reason, (rejected.get(reason) ?? 0) + count)
    }
  }
  return {
    accepted: own.reduce((sum, one) => sum + one.accepted, 0),
    last_ms: Math.max(0, ...own.map(({ last_ms }) => last_ms)),
    rejected: [...rejected],
  }
}
