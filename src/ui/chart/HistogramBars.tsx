/** Counts over time as stacked bars by category; empty buckets are shown as empty. */
import { useMemo } from 'react'
import { useRange } from '../range/range.ts'
import { filled } from './series.ts'
import { TimeSeriesChart, type TimeSeriesChartProps } from './TimeSeriesChart.tsx'

type HistogramBarsProps = Omit<TimeSeriesChartProps, 'kind' | 'stacked'> & {
  /** The width of a bucket; bars start at their time. */
  step_ms: number
}

export function HistogramBars({ step_ms, time_ms, series, ...rest }: HistogramBarsProps) {
  const page = useRange()
  const { from_ms, to_ms } = rest.range ?? page
  const whole = useMemo(
    () => filled(time_ms, series, step_ms, { from_ms, to_ms }),
    [time_ms, series, step_ms, from_ms, to_ms],
  )
  return (
    <TimeSeriesChart
      height={110}
      unit="count"
      legend_of="sum"
      {...rest}
      time_ms={whole.time_ms}
      series={whole.series}
      kind="bar"
      stacked
    />
  )
}
