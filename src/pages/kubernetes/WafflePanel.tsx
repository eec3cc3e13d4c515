/** The waffle with its choices: what colours a square, and how squares are grouped. */
import { useMemo } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Select } from '../../ui/parts/Select.tsx'
import { useNow } from '../../ui/range/range.ts'
import styles from './kubernetes.module.css'
import type { ObjectsUrl, SetObjectsUrl } from './ObjectsPage.tsx'
import type { ObjectRow } from './prepare.ts'
import { colorsOf, groupsOf, type Tone, waffle } from './prepare-waffle.ts'
import { Waffle, WaffleLegend } from './Waffle.tsx'

type WafflePanelProps = {
  list: 'pods' | 'nodes'
  rows: ObjectRow[]
  url: ObjectsUrl
  setUrl: SetObjectsUrl
  onOpen: (row: ObjectRow) => void
}

export function WafflePanel({ list, rows, url, setUrl, onOpen }: WafflePanelProps) {
  const now_ms = useNow()
  const color = colorsOf[list].find((one) => one === url.color) ?? 'health'
  const group = groupsOf[list].find((one) => one === url.group) ?? groupsOf[list][0] ?? 'none'
  const groups = useMemo(() => waffle(rows, color, group, now_ms), [rows, color, group, now_ms])
  const figure = t(`kubernetes.color.${color}`)
  return (
    <>
      <div className={styles.tools}>
        <Select
          label={t('kubernetes.color')}
          show_label
          value={color}
          choices={colorsOf[list].map((value) => ({
            value,
            label: t(`kubernetes.color.${value}`),
          }))}
          onChange={(value) => setUrl({ color: colorsOf[list].find((one) => one === value) })}
        />
        <Select
          label={t('kubernetes.group')}
          show_label
          value={group}
          choices={groupsOf[list].map((value) => ({
            value,
            label: t(`kubernetes.group.${value}`),
          }))}
          onChange={(value) => setUrl({ group: groupsOf[list].find((one) => one === value) })}
        />
        <WaffleLegend tones={legendOf(color)} />
      </div>
      <Waffle
        label={t(`kubernetes.${list}.title`)}
        groups={groups}
        figure={figure}
        onOpen={(cell) => onOpen(cell.row)}
      />
    </>
  )
}

const scales: Readonly<Record<string, readonly string[]>> = {
  cpu: ['<30%', '30%', '60%', '80%', '≥95%'],
  memory: ['<30%', '30%', '60%', '80%', '≥95%'],
  pods: ['<30%', '30%', '60%', '80%', '≥95%'],
  restarts: ['0', '1–2', '3–9', '10–29', '≥30'],
  age: ['>7d', '>24h', '>4h', '>1h', '≤1h'],
}

function legendOf(color: string): { tone: Tone; says: string }[] {
  const scale = scales[color]
  if (scale === undefined) {
    const words = ['ok', 'warn', 'bad', 'unknown'] as const
    return words.map((tone) => ({ tone, says: t(`ui.status.${tone}`) }))
  }
  return scale.map((says, at) => ({ tone: `level${at}` as Tone, says }))
}
