/** Figures of /proc/net: interfaces, connections by state. From text. Pure. */

export type NetworkDevice = {
  name: string
  receive: Traffic
  transmit: Traffic
}
export type Traffic = { bytes: number; packets: number; errors: number; dropped: number }

/** `eth0:1234 …`: the number may touch the colon. Names may hold colons themselves (eth0:1). */
export function networkDevices(text: string): NetworkDevice[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\S+?):\s*((?:\d+\s*){16})$/.exec(line)
    if (match === null) return []
    const n = match[2]!.trim().split(/\s+/).map(Number)
    const traffic = (at: number): Traffic => ({
      bytes: n[at]!,
      packets: n[at + 1]!,
      errors: n[at + 2]!,
      dropped: n[at + 3]!,
    })
    return { name: match[1]!, receive: traffic(0), transmit: traffic(8) }
  })
}

/** Both ends of what containers use: told with the container, and there are hundreds. */
export function isMachineDevice(name: string): boolean {
  return !/^(lo|veth|cali|cilium_|lxc|azv|eni[0-9a-f]{8,}|ifb|dummy|tunl0|ip6tnl0|sit0)/.test(name)
}

const tcpStates: Readonly<Record<string, string>> = {
  '01': 'established',
  '02': 'syn_sent',
  '03': 'syn_recv',
  '04': 'fin_wait_1',
  '05': 'fin_wait_2',
  '06': 'time_wait',
  '07': 'close',
  '08': 'close_wait',
  '09': 'last_ack',
  '0A': 'listen',
  '0B': 'closing',
  '0C': 'syn_recv',
}
const state = /^ *\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm

/** Adds a table of /proc/net/tcp or tcp6 to the counts. */
export function countTcp(text: string, counts: Map<string, number>): void {
  for (const match of text.matchAll(state)) {
    const name = tcpStates[match[1]!]
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
}

/** `UDP: inuse 3 mem 0` of sockstat. */
export function udpSockets(text: string): number | undefined {
  const match = /^UDP6?: inuse (\d+)/m.exec(text)
  return match === null ? undefined : Number(match[1])
}
