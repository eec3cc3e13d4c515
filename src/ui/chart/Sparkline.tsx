/** A word-sized chart: the shape of the last while, with its last and largest value in words. */
import { figure } from '../format/figures.ts'
import { t } from '../i18n/translate.ts'
import styles from './Sparkline.module.css'
import { summary } from './series.ts'

type SparklineProps = {
  values: readonly (number | null)[]
  label: string
  unit?: string | undefined
  color?: string | undefined
  width?: number | undefined
  height?: number | undefined
  kind?: 'line' | 'bar' | undefined
  /** The top of the scale, to compare rows; each row's own by default. */
  max?: number | undefined
}

export function Sparkline(props: SparklineProps) {
  const { values, label, unit, width = 96, height = 20, kind = 'line' } = props
  const color = props.color ?? 'var(--series-1)'
  const sums = summary(values)
  if (sums === undefined) return <span className={styles.none}>–</span>
  const top = Math.max(props.max ?? sums.max, 0) || 1
  const said = t('ui.chart.says', {
    name: label,
    last: figure(sums.last ?? 0, unit),
    min: figure(sums.min, unit),
    max: figure(sums.max, unit),
  })
  const x = (at: number) => (values.length < 2 ? 0 : (at / (values.length - 1)) * (width - 2) + 1)
  const y = (value: number) => height - 1.5 - (Math.max(0, value) / top) * (height - 3)
  return (
    <svg className={styles.spark} width={width} height={height} role="img" aria-label={said}>
      <title>{said}</title>
      {kind === 'bar' ? (
        bars(values, width, height, top).map((bar) => (
          <rect key={bar.x} {...bar} fill={color} rx={0.5} />
        ))
      ) : (
        <>
          <path d={area(values, x, y, height)} fill={color} className={styles.area} />
          <path d={line(values, x, y)} fill="none" stroke={color} strokeWidth={1.25} />
        </>
      )}
    </svg>
  )
}

type Along = (at: number) => number

/** Breaks where there is no value. */
export function line(values: readonly (number | null)[], x: Along, y: Along): string {
  let isOn = false
  const steps = values.map((value, at) => {
    if (value === null || value === undefined) {
      isOn = false
      return ''
    }
    const step = `${isOn ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`
    isOn = true
    return step
  })
  return steps.join('')
}

function area(values: readonly (number | null)[], x: Along, y: Along, height: number): string {
  const runs: number[][] = []
  values.forEach((value, at) => {
    if (value === null || value === undefined) return
    const run = runs.at(-1)
    if (run !== undefined && run.at(-1) === at - 1) run.push(at)
    else runs.push([at])
  })
  return runs
    .map((run) => {
      const top = run.map((at) => `L${x(at).toFixed(1)} ${y(values[at] ?? 0).toFixed(1)}`)
      const [first, last] = [x(run[0] ?? 0).toFixed(1), x(run.at(-1) ?? 0).toFixed(1)]
      return `M${first} ${height}${top.join('')}L${last} ${height}Z`
    })
    .join('')
}

function bars(values: readonly (number | null)[], width: number, height: number, top: number) {
  const step = width / Math.max(1, values.length)
  return values.map((value, at) => {
    const tall = value === null || value <= 0 ? 0 : Math.max(1, (value / top) * (height - 1))
    return { x: at * step, y: height - tall, width: Math.max(1, step - 1), height: tall }
  })
}
