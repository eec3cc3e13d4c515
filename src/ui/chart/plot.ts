/**
 * The options and data that uPlot needs for our series: stacking order, fills, bars, gaps, marks
 * and the shared crosshair. The component around it owns size, legend and what is hovered.
 */
import uPlot from 'uplot'
import { timeAxis, valueAxis, valueRange } from './axes.ts'
import { faded, mixed, resolve, seriesColor } from './colors.ts'
import { type Gap, type Mark, type Series, stack } from './series.ts'

export type PlotAsk = {
  time_ms: readonly number[]
  series: readonly Series[]
  hidden: ReadonlySet<string>
  kind: 'line' | 'area' | 'bar'
  stacked: boolean
  unit: string
  utc: boolean
  range: { from_ms: number; to_ms: number }
  marks: readonly Mark[]
  gaps: readonly Gap[]
  /** The largest exemplar: the axis makes room for it, within reason. */
  dot_max: number
  height: number
  lane?: 'inner' | 'last' | undefined
}

export type PlotEvents = {
  hover: (index: number | null) => void
  select: (from_ms: number, to_ms: number) => void
  drawn: (plot: uPlot) => void
}

export function colorOf(series: Series): string {
  return series.color ?? seriesColor(series.name)
}

/** Stacked series are drawn from the top of the pile down, so that each covers the one below. */
export function drawOrder(ask: PlotAsk): Series[] {
  const shown = ask.series.filter((series) => !ask.hidden.has(series.name))
  return ask.stacked ? shown.reverse() : shown
}

export function plotData(ask: PlotAsk): uPlot.AlignedData {
  const shown = ask.series.filter((series) => !ask.hidden.has(series.name))
  const values = shown.map((series) => series.values)
  const columns = ask.stacked ? stack(values).reverse() : values
  return [ask.time_ms as number[], ...(columns as (number | null)[][])]
}

export function plotOptions(width: number, ask: () => PlotAsk, events: PlotEvents): uPlot.Options {
  const now = ask()
  return {
    width,
    height: now.height,
    ms: 1,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    ...(now.utc ? { tzDate: (ms: number) => uPlot.tzDate(new Date(ms), 'Etc/UTC') } : {}),
    cursor: {
      sync: { key: 'time' },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      focus: { prox: 24 },
      points: { size: 6, width: 1.5 },
    },
    focus: { alpha: 1 },
    scales: {
      x: { time: true, range: () => [ask().range.from_ms, ask().range.to_ms] },
      y: { range: (plot, min, max) => valueRange(plot, min, withDots(max, ask().dot_max)) },
    },
    axes: [timeAxis(now.utc, now.lane), valueAxis(now.unit, now.lane)],
    series: [{}, ...drawOrder(now).map((series) => drawnSeries(series, now))],
    hooks: {
      setCursor: [(plot) => events.hover(plot.cursor.idx ?? null)],
      setSelect: [(plot) => selected(plot, events)],
      drawClear: [(plot) => drawGaps(plot, ask().gaps)],
      draw: [
        (plot) => {
          drawMarks(plot, ask().marks)
          events.drawn(plot)
        },
      ],
    },
  }
}

/** One far outlier must not press the lines flat: past this it is left off the chart. */
const stretch_max = 3

function withDots(max: number, dot_max: number): number {
  return dot_max <= max * stretch_max ? Math.max(max, dot_max) : max
}

function drawnSeries(series: Series, ask: PlotAsk): uPlot.Series {
  const kind = series.kind ?? ask.kind
  const color = resolve(colorOf(series))
  const isDense = ask.time_ms.length > 60
  if (kind === 'bar') {
    return {
      stroke: color,
      fill: color,
      width: 0,
      points: { show: false },
      paths: uPlot.paths.bars?.({ size: [0.86, 64], align: 1, gap: 0 }) as uPlot.Series.PathBuilder,
    }
  }
  return {
    stroke: color,
    width: series.dashed === true ? 1 : 1.5,
    ...(series.dashed === true ? { dash: [4, 4] } : {}),
    ...(kind === 'area'
      ? { fill: ask.stacked ? mixed(color, 'var(--surface-raised)', 0.72) : faded(color, 0.14) }
      : {}),
    spanGaps: false,
    points: { size: isDense ? 3 : 4, filter: lonely },
  }
}

/** A value between two gaps has no line: it is drawn as a point. */
function lonely(plot: uPlot, at: number): number[] | null {
  const values = plot.data[at] as (number | null)[]
  const found: number[] = []
  values.forEach((value, index) => {
    const alone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
    if (value !== null && alone) found.push(index)
  })
  return found
}

function selected(plot: uPlot, events: PlotEvents): void {
  const { left, width } = plot.select
  if (width < 4) return
  const from_ms = plot.posToVal(left, 'x')
  const to_ms = plot.posToVal(left + width, 'x')
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  // A synced chart sees the same selection; only the one under the pointer acts on it.
  if (plot.cursor.event !== undefined && plot.over.matches(':hover')) {
    events.select(Math.round(from_ms), Math.round(to_ms))
  }
}

/** Where nothing was seen: hatched, so that it is not read as zero. */
function drawGaps(plot: uPlot, gaps: readonly Gap[]): void {
  const { ctx, bbox } = plot
  for (const gap of gaps) {
    const left = Math.max(bbox.left, plot.valToPos(gap.from_ms, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(gap.to_ms, 'x', true))
    if (right <= left) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, bbox.top, right - left, bbox.height)
    ctx.clip()
    ctx.fillStyle = resolve('var(--chart-gap)')
    ctx.fillRect(left, bbox.top, right - left, bbox.height)
    ctx.strokeStyle = resolve('var(--border-strong)')
    ctx.beginPath()
    for (let x = left - bbox.height; x < right; x += 8 * devicePixelRatio) {
      ctx.moveTo(x, bbox.top + bbox.height)
      ctx.lineTo(x + bbox.height, bbox.top)
    }
    ctx.stroke()
    ctx.restore()
  }
}

function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.lineWidth = devicePixelRatio
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.time_ms, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    const color = markColor(mark)
    if (mark.to_ms !== undefined) {
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(mark.to_ms, 'x', true))
      ctx.fillStyle = faded(color, 0.1)
      ctx.fillRect(x, bbox.top, right - x, bbox.height)
    }
    ctx.strokeStyle = resolve(color)
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

export function markColor(mark: Mark): string {
  const tone = mark.tone ?? 'neutral'
  return tone === 'neutral' ? 'var(--chart-mark)' : `var(--status-${tone})`
}
