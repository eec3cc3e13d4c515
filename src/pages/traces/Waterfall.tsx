/**
 * The spans of a trace as a tree over time, ten thousand at ease: only rows in sight are drawn.
 * Arrow keys move and fold; what lies on the critical path is drawn darker underneath.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { count, duration } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import type { Trace } from './contract.ts'
import { axisTicks, type Segment, type Tree, type WaterfallRow, waterfallRows } from './prepare.ts'
import styles from './Waterfall.module.css'
import { WaterfallLine } from './WaterfallLine.tsx'

const row_height = 28
const ticks_wanted = 6

type WaterfallProps = {
  trace: Trace
  tree: Tree
  path: readonly Segment[]
  selected: string
  onSelect: (span_id: string) => void
}

export function Waterfall({ trace, tree, path, selected, onSelect }: WaterfallProps) {
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set())
  const [find, setFind] = useState('')
  const rows = useMemo(() => waterfallRows(tree, folded), [tree, folded])
  const matches = useMemo(() => matching(trace, find), [trace, find])
  const critical = useMemo(() => byRow(path), [path])
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => row_height,
    overscan: 12,
  })
  const at = rows.findIndex((row) => trace.span_id[row.at] === selected)
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
  }, [at, virtual])
  const fold = (row: WaterfallRow) => setFolded((now) => toggled(now, row.at))
  const press = (event: KeyboardEvent) => {
    const next = keyTarget(event.key, rows, at)
    if (next === undefined) return
    event.preventDefault()
    if ('fold' in next) fold(next.fold)
    else onSelect(trace.span_id[next.to.at] ?? '')
  }
  return (
    <div className={styles.waterfall}>
      <Tools
        find={find}
        matches={matches.size}
        onFind={setFind}
        onUnfold={folded.size === 0 ? undefined : () => setFolded(new Set())}
      />
      <Axis duration_ns={trace.duration_ns} />
      <div
        ref={scroll}
        className={styles.scroll}
        role="tree"
        aria-label={t('traces.waterfall')}
        tabIndex={0}
        onKeyDown={press}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index]
            if (row === undefined) return null
            return (
              <WaterfallLine
                key={row.at}
                trace={trace}
                row={row}
                top={item.start}
                critical={critical.get(row.at)}
                is_selected={item.index === at}
                is_faded={find !== '' && !matches.has(row.at)}
                onFold={() => fold(row)}
                onSelect={() => onSelect(trace.span_id[row.at] ?? '')}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

type ToolsProps = {
  find: string
  matches: number
  onFind: (text: string) => void
  onUnfold: (() => void) | undefined
}

function Tools({ find, matches, onFind, onUnfold }: ToolsProps) {
  return (
    <div className={styles.tools}>
      <TextInput
        label={t('traces.find')}
        quiet_label
        value={find}
        onChange={onFind}
        type="search"
      />
      {find === '' ? null : (
        <span className={styles.note} role="status">
          {t('traces.matches', { count: count(matches) })}
        </span>
      )}
      {onUnfold === undefined ? null : <Button onClick={onUnfold}>{t('traces.unfold')}</Button>}
      <span className={styles.key}>
        <span className={styles.keyBar} /> {t('traces.critical')}
      </span>
    </div>
  )
}

function toggled(now: ReadonlySet<number>, at: number): Set<number> {
  const next = new Set(now)
  if (!next.delete(at)) next.add(at)
  return next
}

type KeyTarget = { fold: WaterfallRow } | { to: WaterfallRow } | undefined

/** Up and down move, left and right fold and unfold, as trees do everywhere. */
function keyTarget(key: string, rows: readonly WaterfallRow[], at: number): KeyTarget {
  const row = rows[at]
  if (key === 'ArrowLeft' && row !== undefined && row.children > 0 && !row.is_folded) {
    return { fold: row }
  }
  if (key === 'ArrowRight' && row?.is_folded === true) return { fold: row }
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[key]
  const to = step === undefined ? undefined : rows[Math.max(0, at + step)]
  return to === undefined ? undefined : { to }
}

function byRow(path: readonly Segment[]): Map<number, Segment[]> {
  const rows = new Map<number, Segment[]>()
  for (const segment of path) rows.set(segment.at, [...(rows.get(segment.at) ?? []), segment])
  return rows
}

function matching(trace: Trace, find: string): Set<number> {
  const wanted = find.trim().toLowerCase()
  const found = new Set<number>()
  if (wanted === '') return found
  trace.name.forEach((name, at) => {
    const words = `${name} ${trace.service[at]} ${trace.span_id[at]} ${trace.peer_service[at]}`
    if (words.toLowerCase().includes(wanted)) found.add(at)
  })
  return found
}

function Axis({ duration_ns }: { duration_ns: number }) {
  return (
    <div className={styles.axis} aria-hidden="true">
      {axisTicks(duration_ns, ticks_wanted).map((tick) => (
        <span
          key={tick}
          className={styles.tick}
          style={{ left: `${(tick / Math.max(1, duration_ns)) * 100}%` }}
        >
          {duration(tick)}
        </span>
      ))}
    </div>
  )
}
