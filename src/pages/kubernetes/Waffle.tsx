/**
 * Many pods or nodes as small squares in groups, coloured by a figure. One listener for all of
 * them; arrows move between the squares and Enter opens one.
 */
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: the field takes the arrow keys.
// biome-ignore-all lint/a11y/useSemanticElements: squares are no form.
// biome-ignore-all lint/a11y/noStaticElementInteractions: the field has the keys for all squares.
import {
  type KeyboardEvent,
  memo,
  type PointerEvent,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { exact } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import type { Cell, CellGroup, Tone } from './prepare-waffle.ts'
import styles from './Waffle.module.css'

type WaffleProps = {
  label: string
  groups: readonly CellGroup[]
  /** Names the figure that a square says. */
  figure: string
  onOpen: (cell: Cell) => void
}

export function Waffle({ label, groups, figure, onOpen }: WaffleProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(-1)
  const cells = useMemo(() => groups.flatMap((group) => group.cells), [groups])
  const current = cells[at]
  useMark(frame, at, groups)
  const point = (event: PointerEvent) => {
    const found = (event.target as HTMLElement).dataset.at
    if (found !== undefined) setAt(Number(found))
  }
  const press = (event: KeyboardEvent) => {
    const next = moved(frame.current, at, event.key)
    if (next !== undefined) {
      event.preventDefault()
      setAt(Math.min(cells.length - 1, Math.max(0, next)))
    } else if (event.key === 'Enter' && current !== undefined) {
      onOpen(current)
    }
  }
  return (
    <div className={styles.whole}>
      <div
        ref={frame}
        className={styles.field}
        role="group"
        tabIndex={0}
        aria-label={`${label}, ${exact(cells.length, language())}`}
        onPointerMove={point}
        onKeyDown={press}
        onClick={(event) => {
          const found = cells[Number((event.target as HTMLElement).dataset.at ?? -1)]
          if (found !== undefined) onOpen(found)
        }}
      >
        <Groups groups={groups} />
      </div>
      <p className={styles.says} aria-live="polite">
        {current === undefined ? t('kubernetes.waffle.hint') : saysOf(current, figure)}
      </p>
    </div>
  )
}

function saysOf({ row, says }: Cell, figure: string): string {
  const place = [row.cluster, row.namespace, row.name].filter(Boolean).join(' / ')
  return `${place} · ${row.status} · ${figure}: ${says}`
}

/** Drawn again only when the answer or the colouring changes, not when the pointer moves. */
const Groups = memo(function Groups({ groups }: { groups: readonly CellGroup[] }) {
  let at = 0
  return groups.map((group) => {
    const first = at
    at += group.cells.length
    return (
      <section key={group.name} className={styles.group}>
        {group.name === '' ? null : (
          <h3 className={styles.title} title={group.name}>
            {group.name} <span className={styles.count}>{group.cells.length}</span>
          </h3>
        )}
        <div className={styles.cells} aria-hidden="true">
          {group.cells.map((cell, index) => (
            <span
              key={cell.row.id}
              className={`${styles.cell} ${styles[cell.tone]}`}
              data-at={first + index}
            />
          ))}
        </div>
      </section>
    )
  })
})

/** Marks the square that is pointed at, without drawing the squares again. */
function useMark(frame: RefObject<HTMLElement | null>, at: number, groups: unknown): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: other groups are other squares.
  useEffect(() => {
    const cell = frame.current?.querySelector<HTMLElement>(`[data-at="${at}"]`)
    if (cell == null) return
    cell.dataset.current = ''
    if (document.activeElement === frame.current) cell.scrollIntoView({ block: 'nearest' })
    return () => {
      delete cell.dataset.current
    }
  }, [frame, at, groups])
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }

/** Up and down go to the square that is drawn nearest in that direction. */
function moved(frame: HTMLElement | null, at: number, key: string): number | undefined {
  const step = steps[key]
  if (step !== undefined) return at + step
  if (key === 'Home') return 0
  if ((key !== 'ArrowUp' && key !== 'ArrowDown') || frame === null) return undefined
  if (at < 0) return 0
  const here = frame.querySelector<HTMLElement>(`[data-at="${at}"]`)
  if (here === null) return undefined
  const way = key === 'ArrowUp' ? -1 : 1
  let row: number | undefined
  let best: { at: number; off: number } | undefined
  for (let next = at + way; ; next += way) {
    const cell = frame.querySelector<HTMLElement>(`[data-at="${next}"]`)
    if (cell === null) break
    if (cell.offsetTop === here.offsetTop) continue
    row ??= cell.offsetTop
    if (cell.offsetTop !== row) break
    const off = Math.abs(cell.offsetLeft - here.offsetLeft)
    if (best === undefined || off < best.off) best = { at: next, off }
  }
  return best?.at
}

/** What the colours mean, from little to much. */
export function WaffleLegend({ tones }: { tones: readonly { tone: Tone; says: string }[] }) {
  return (
    <ul className={styles.legend}>
      {tones.map(({ tone, says }) => (
        <li key={tone} className={styles.entry}>
          <span className={`${styles.cell} ${styles[tone]}`} aria-hidden="true" />
          {says}
        </li>
      ))}
    </ul>
  )
}
