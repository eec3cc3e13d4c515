/**
 * The arithmetic and strokes of the scatter chart: scales, ticks, points on a canvas, finding one.
 */
import { figure, nsPer } from '../format/figures.ts'
import { timeLabel } from './axes.ts'
import { faded, resolve } from './colors.ts'

export type Points = {
  time_ms: readonly number[]
  value: readonly number[]
  /** 'bad' is drawn last, in the colour of trouble. */
  tone?: readonly string[] | undefined
  /** CSS colours; the first series colour by default. */
  color_of?: readonly string[] | undefined
}

export type Frame = {
  width: number
  height: number
  left: number
  bottom: number
  from_ms: number
  to_ms: number
  low: number
  high: number
  isLog: boolean
}

export type Box = { x0: number; y0: number; x1: number; y1: number }

const right = 8
const top = 8

export function frameFor(
  points: Points,
  size: { width: number; height: number },
  range: { from_ms: number; to_ms: number },
  isLog: boolean,
): Frame {
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (const value of points.value) {
    if (value > 0) low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (!Number.isFinite(low)) [low, high] = [1, 10]
  if (isLog) {
    low = 10 ** Math.floor(Math.log10(low))
    high = Math.max(10 ** Math.ceil(Math.log10(high)), low * 10)
  } else [low, high] = [0, high * 1.06]
  return { ...size, ...range, left: 56, bottom: 24, low, high, isLog }
}

export function xOf(frame: Frame, time_ms: number): number {
  const share = (time_ms - frame.from_ms) / (frame.to_ms - frame.from_ms)
  return frame.left + share * (frame.width - frame.left - right)
}

export function yOf(frame: Frame, value: number): number {
  const tall = frame.height - frame.bottom - top
  const share = frame.isLog
    ? Math.log(Math.max(value, frame.low) / frame.low) / Math.log(frame.high / frame.low)
    : (value - frame.low) / (frame.high - frame.low)
  return top + (1 - share) * tall
}

export function timeAt(frame: Frame, x: number): number {
  const share = (x - frame.left) / (frame.width - frame.left - right)
  return frame.from_ms + Math.min(1, Math.max(0, share)) * (frame.to_ms - frame.from_ms)
}

export function valueAt(frame: Frame, y: number): number {
  const tall = frame.height - frame.bottom - top
  const share = Math.min(1, Math.max(0, 1 - (y - top) / tall))
  return frame.isLog
    ? frame.low * (frame.high / frame.low) ** share
    : frame.low + share * (frame.high - frame.low)
}

/** Powers of ten, or four even steps. */
export function valueTicks(frame: Frame, unit = ''): number[] {
  if (!frame.isLog) return [0, 0.25, 0.5, 0.75, 1].map((share) => frame.high * share)
  const ticks: number[] = []
  for (let tick = frame.low; tick <= frame.high * 1.001; tick *= 10) ticks.push(tick)
  const ns = nsPer[unit]
  return ns === undefined ? ticks : natural(ticks, ns, frame)
}

/** Above ten seconds people count in minutes and hours, not in powers of ten. */
function natural(ticks: number[], ns: number, frame: Frame): number[] {
  const long_ns = [60e9, 600e9, 3600e9, 36000e9]
  const short = ticks.filter((tick) => tick * ns <= 10.01e9)
  return [...short, ...long_ns.map((tick) => tick / ns).filter((tick) => tick <= frame.high)]
}

export function inBox(frame: Frame, points: Points, box: Box): number[] {
  const [x0, x1] = [Math.min(box.x0, box.x1), Math.max(box.x0, box.x1)]
  const [y0, y1] = [Math.min(box.y0, box.y1), Math.max(box.y0, box.y1)]
  const found: number[] = []
  points.time_ms.forEach((time_ms, at) => {
    const x = xOf(frame, time_ms)
    const y = yOf(frame, points.value[at] ?? 0)
    if (x >= x0 && x <= x1 && y >= y0 && y <= y1) found.push(at)
  })
  return found
}

export function nearestPoint(frame: Frame, points: Points, x: number, y: number): number {
  let [found, closest] = [-1, 12 ** 2]
  points.time_ms.forEach((time_ms, at) => {
    const away = (xOf(frame, time_ms) - x) ** 2 + (yOf(frame, points.value[at] ?? 0) - y) ** 2
    if (away < closest) [found, closest] = [at, away]
  })
  return found
}

export type Picture = {
  points: Points
  frame: Frame
  unit: string
  utc: boolean
  hovered: number
  selected: ReadonlySet<number> | undefined
}

export function draw(canvas: HTMLCanvasElement, picture: Picture): void {
  const { frame } = picture
  const ratio = devicePixelRatio
  canvas.width = frame.width * ratio
  canvas.height = frame.height * ratio
  const ctx = canvas.getContext('2d')
  if (ctx === null) return
  ctx.scale(ratio, ratio)
  drawAxes(ctx, picture)
  const order = picture.points.time_ms.map((_, at) => at)
  const isBad = (at: number) => picture.points.tone?.[at] === 'bad'
  for (const at of order) if (!isBad(at)) drawPoint(ctx, picture, at)
  for (const at of order) if (isBad(at)) drawPoint(ctx, picture, at)
  if (picture.hovered >= 0) drawRing(ctx, picture, picture.hovered)
}

function drawAxes(ctx: CanvasRenderingContext2D, { frame, unit, utc }: Picture): void {
  ctx.font = '11px system-ui, sans-serif'
  ctx.fillStyle = resolve('var(--chart-axis)')
  ctx.strokeStyle = resolve('var(--chart-grid)')
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'right'
  for (const tick of valueTicks(frame, unit)) {
    const y = Math.round(yOf(frame, tick)) + 0.5
    ctx.beginPath()
    ctx.moveTo(frame.left, y)
    ctx.lineTo(frame.width - right, y)
    ctx.stroke()
    ctx.fillText(figure(tick, unit), frame.left - 8, y)
  }
  ctx.textAlign = 'center'
  const step_ms = timeStep(frame)
  for (let at = Math.ceil(frame.from_ms / step_ms) * step_ms; at <= frame.to_ms; at += step_ms) {
    const x = xOf(frame, at)
    if (x > frame.left + 12 && x < frame.width - 20) {
      ctx.fillText(timeLabel(at, step_ms, utc, false), x, frame.height - 10)
    }
  }
}

const steps_s = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200]

function timeStep(frame: Frame): number {
  const count = Math.max(2, (frame.width - frame.left) / 90)
  const wanted_s = (frame.to_ms - frame.from_ms) / 1000 / count
  const days = Math.ceil(wanted_s / 86400)
  return (steps_s.find((step) => step >= wanted_s) ?? days * 86400) * 1000
}

function drawPoint(ctx: CanvasRenderingContext2D, picture: Picture, at: number): void {
  const { points, frame, selected } = picture
  const isBad = points.tone?.[at] === 'bad'
  const color = isBad ? 'var(--status-bad)' : (points.color_of?.[at] ?? 'var(--series-1)')
  const isDim = selected !== undefined && selected.size > 0 && !selected.has(at)
  ctx.fillStyle = faded(color, isDim ? 0.15 : points.time_ms.length > 2000 ? 0.5 : 0.75)
  const x = xOf(frame, points.time_ms[at] ?? 0)
  const y = yOf(frame, points.value[at] ?? 0)
  if (x < frame.left) return
  ctx.beginPath()
  if (isBad) ctx.rect(x - 2.75, y - 2.75, 5.5, 5.5)
  else ctx.arc(x, y, 2.75, 0, Math.PI * 2)
  ctx.fill()
}

function drawRing(ctx: CanvasRenderingContext2D, { points, frame }: Picture, at: number): void {
  ctx.strokeStyle = resolve('var(--text)')
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.arc(xOf(frame, points.time_ms[at] ?? 0), yOf(frame, points.value[at] ?? 0), 6, 0, 7)
  ctx.stroke()
}
