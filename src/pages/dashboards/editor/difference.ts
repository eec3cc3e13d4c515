/**
 * Two dashboards as JSON, line by line: what was taken out and what was put in, with a little of
 * what stays around it. Pure.
 */

export type Line = { kind: 'same' | 'out' | 'in' | 'gap'; text: string }

const around = 2
const lines_max = 20_000

export function differenceOf(before: unknown, after: unknown): Line[] {
  const old = JSON.stringify(before, null, 2).split('\n')
  const now = JSON.stringify(after, null, 2).split('\n')
  let head = 0
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1
  let tail = 0
  const least = Math.min(old.length, now.length) - head
  while (tail < least && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1
  const middle = changes(old.slice(head, old.length - tail), now.slice(head, now.length - tail))
  if (middle.length === 0) return []
  const same = (text: string): Line => ({ kind: 'same', text })
  return folded([
    ...old.slice(0, head).map(same),
    ...middle,
    ...old.slice(old.length - tail).map(same),
  ])
}

/** The longest common lines stay; too many lines to compare are replaced as a whole. */
function changes(old: readonly string[], now: readonly string[]): Line[] {
  const out = (text: string): Line => ({ kind: 'out', text })
  const put = (text: string): Line => ({ kind: 'in', text })
  if (old.length * now.length > lines_max * 500) return [...old.map(out), ...now.map(put)]
  const wide = now.length + 1
  const common = new Uint32Array((old.length + 1) * wide)
  for (let a = old.length - 1; a >= 0; a -= 1) {
    for (let b = now.length - 1; b >= 0; b -= 1) {
      const at = a * wide + b
      common[at] =
        old[a] === now[b]
          ? (common[at + wide + 1] ?? 0) + 1
          : Math.max(common[at + wide] ?? 0, common[at + 1] ?? 0)
    }
  }
  const lines: Line[] = []
  let [a, b] = [0, 0]
  while (a < old.length || b < now.length) {
    const at = a * wide + b
    if (a < old.length && b < now.length && old[a] === now[b]) {
      lines.push({ kind: 'same', text: old[a] ?? '' })
      a += 1
      b += 1
    } else if (
      b >= now.length ||
      (a < old.length && (common[at + wide] ?? 0) >= (common[at + 1] ?? 0))
    ) {
      lines.push(out(old[a] ?? ''))
      a += 1
    } else {
      lines.push(put(now[b] ?? ''))
      b += 1
    }
  }
  return lines
}

function folded(lines: readonly Line[]): Line[] {
  const near = lines.map(() => false)
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return
    for (let i = Math.max(0, at - around); i <= Math.min(lines.length - 1, at + around); i += 1) {
      near[i] = true
    }
  })
  const shown: Line[] = []
  lines.forEach((line, at) => {
    if (near[at] === true) shown.push(line)
    else if (shown.at(-1)?.kind !== 'gap') shown.push({ kind: 'gap', text: '…' })
  })
  return shown
}
