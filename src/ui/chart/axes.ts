/** Axes for uPlot: times in 24 h form, local or UTC, and values in the unit of the metric. */
import uPlot from 'uplot'
import { figure, isBytes } from '../format/figures.ts'
import { absolute } from '../format/moment.ts'
import { resolve } from './colors.ts'

const font = '11px system-ui, sans-serif'

/** Where the plots of lanes begin: room for figures such as 1.25 GiB. */
export const lane_axis_px = 68

type Lane = 'inner' | 'last' | undefined

export function timeAxis(utc: boolean, lane?: Lane): uPlot.Axis {
  return {
    ...ground(),
    space: 72,
    size: lane === 'inner' ? 4 : 24,
    gap: 4,
    values: (_plot, splits, _axis, _space, step_ms) =>
      lane === 'inner'
        ? splits.map(() => '')
        : splits.map((time_ms, at) => timeLabel(time_ms, step_ms, utc, at === 0)),
  }
}

/** 14:05, with seconds when steps are that small, and the day where one begins. */
export function timeLabel(
  time_ms: number,
  step_ms: number,
  utc: boolean,
  isFirst: boolean,
): string {
  const text = absolute(time_ms, { utc, ms: true })
  const startsDay = text.slice(11) === '00:00:00.000'
  if (step_ms >= 86400e3) return text.slice(5, 10)
  if (startsDay || (isFirst && step_ms >= 6 * 3600e3)) return `${text.slice(5, 10)}`
  if (step_ms >= 60e3) return text.slice(11, 16)
  return step_ms >= 1e3 ? text.slice(11, 19) : text.slice(11)
}

export function valueAxis(unit: string, lane?: Lane): uPlot.Axis {
  return {
    ...ground(),
    space: lane === undefined ? 36 : 24,
    gap: 6,
    ...(isBytes(unit) ? { incrs: powersOfTwo } : {}),
    size: (_plot, values) => {
      if (lane !== undefined) return lane_axis_px
      const longest = Math.max(0, ...(values ?? []).map((value) => value.length))
      return Math.max(34, Math.ceil(longest * 6.1 + 14))
    },
    values: (_plot, splits) => splits.map((value) => figure(tidied(value), unit)),
  }
}

function ground(): uPlot.Axis {
  return {
    font,
    stroke: resolve('var(--chart-axis)'),
    grid: { stroke: resolve('var(--chart-grid)'), width: 1 },
    ticks: { show: false },
  }
}

const powersOfTwo = Array.from({ length: 62 }, (_, at) => 2 ** at)

/** Splits arrive with the dust of floating point. */
function tidied(value: number): number {
  return Number(value.toPrecision(12))
}

/** From zero (or below, when values are) to a little above the largest. */
export function valueRange(_plot: uPlot, min: number, max: number): uPlot.Range.MinMax {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1]
  const low = Math.min(0, min)
  const high = Math.max(0, max)
  if (low === high) return [0, 1]
  const padded = uPlot.rangeNum(low, high, {
    min: { pad: 0.05, soft: 0, mode: 1 },
    max: { pad: 0.06, soft: 0, mode: 1 },
  })
  return [low === 0 ? 0 : (padded[0] ?? low), padded[1] ?? high]
}
