/** Keeps one uPlot alive through changes of size, data and theme, and tells what is hovered. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import { drawOrder, type PlotAsk, plotData, plotOptions } from './plot.ts'
import { useWidth } from './size.ts'

/** Where the plotting area is, in CSS pixels of the chart, and how values fall on it. */
export type PlotView = {
  left: number
  top: number
  width: number
  height: number
  x: (time_ms: number) => number
  y: (value: number) => number
}

type Acts = {
  select: (from_ms: number, to_ms: number) => void
  pick: ((time_ms: number, name: string | undefined) => void) | undefined
}

export type Plotted = {
  ref: RefObject<HTMLDivElement | null>
  index: number | null
  isOver: boolean
  view: PlotView | undefined
}

export function usePlot(ask: PlotAsk, theme: string, acts: Acts): Plotted {
  const [ref, width] = useWidth<HTMLDivElement>()
  const plot = useRef<uPlot>(undefined)
  const latest = useRef({ ask, acts })
  latest.current = { ask, acts }
  const [index, setIndex] = useState<number | null>(null)
  const [isOver, setOver] = useState(false)
  const [view, setView] = useState<PlotView>()
  const structure = structureOf(ask, theme)
  const isReady = width > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: built anew only when its structure is.
  useEffect(() => {
    const element = ref.current
    if (element === null || !isReady) return
    const events = {
      hover: setIndex,
      select: (from: number, to: number) => latest.current.acts.select(from, to),
      drawn: (drawn: uPlot) => setView(viewOf(drawn)),
    }
    const options = plotOptions(element.clientWidth, () => latest.current.ask, events)
    const made = new uPlot(options, plotData(latest.current.ask), element)
    plot.current = made
    listen(made, setOver, (at) => pickAt(made, at, latest.current))
    return () => {
      made.destroy()
      plot.current = undefined
    }
  }, [structure, isReady])
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height: ask.height })
  }, [width, ask.height])
  const { time_ms, series, hidden, range, marks, gaps } = ask
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what the data is made of.
  useEffect(() => {
    plot.current?.setData(plotData(latest.current.ask))
  }, [time_ms, series, hidden, range.from_ms, range.to_ms, marks, gaps])
  return { ref, index, isOver, view }
}

/** What cannot be changed on a living plot. */
function structureOf(ask: PlotAsk, theme: string): string {
  const series = drawOrder(ask).map((one) => [one.name, one.color, one.kind, one.dashed])
  const isDense = ask.time_ms.length > 60
  return JSON.stringify([theme, ask.kind, ask.stacked, ask.unit, ask.utc, isDense, series])
}

function viewOf(plot: uPlot): PlotView {
  const ratio = devicePixelRatio
  const { left, top, width, height } = plot.bbox
  return {
    left: left / ratio,
    top: top / ratio,
    width: width / ratio,
    height: height / ratio,
    x: (time_ms) => left / ratio + plot.valToPos(time_ms, 'x'),
    y: (value) => top / ratio + plot.valToPos(value, 'y'),
  }
}

function listen(
  plot: uPlot,
  setOver: (isOver: boolean) => void,
  pick: (at: { index: number; top: number }) => void,
): void {
  let pressed_x = 0
  plot.over.addEventListener('mouseenter', () => setOver(true))
  plot.over.addEventListener('mouseleave', () => setOver(false))
  plot.over.addEventListener('mousedown', (event) => {
    pressed_x = event.clientX
  })
  plot.over.addEventListener('click', (event) => {
    const { idx, top } = plot.cursor
    if (Math.abs(event.clientX - pressed_x) > 4 || idx === null || idx === undefined) return
    pick({ index: idx, top: top ?? 0 })
  })
}

function pickAt(
  plot: uPlot,
  at: { index: number; top: number },
  { ask, acts }: { ask: PlotAsk; acts: Acts },
): void {
  const time_ms = ask.time_ms[at.index]
  if (time_ms === undefined || acts.pick === undefined) return
  acts.pick(time_ms, nearest(plot, at, ask)?.name)
}

/** Of a pile: the layer under the pointer. Of lines: the one within reach. */
function nearest(plot: uPlot, at: { index: number; top: number }, ask: PlotAsk) {
  const value = plot.posToVal(at.top, 'y')
  const data = plotData(ask).slice(1) as (number | null)[][]
  const order = drawOrder(ask)
  if (ask.stacked) {
    const covering = order.map((_, layer) => (data[layer]?.[at.index] ?? -1) >= value)
    return order[covering.lastIndexOf(true)]
  }
  const distances = order.map((_, line) => {
    const own = data[line]?.[at.index]
    return own === null || own === undefined
      ? Number.POSITIVE_INFINITY
      : Math.abs(plot.valToPos(own, 'y') - at.top)
  })
  const closest = Math.min(...distances)
  return closest <= 24 ? order[distances.indexOf(closest)] : undefined
}
