/** Pressure stall information of /proc/pressure and of cgroups v2, from text. Pure. */

export type PressureLine = {
  /** some: at least one task waited. full: all of them did. */
  share: 'some' | 'full'
  avg10: number
  avg60: number
  avg300: number
  total_s: number
}

/** Percent become fractions. Old kernels say no full line for cpu. */
export function pressureLines(text: string): PressureLine[] {
  const line = /^(some|full) avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)$/gm
  return [...text.matchAll(line)].map((match) => ({
    share: match[1] as PressureLine['share'],
    avg10: Number(match[2]) / 100,
    avg60: Number(match[3]) / 100,
    avg300: Number(match[4]) / 100,
    total_s: Number(match[5]) / 1e6,
  }))
}
