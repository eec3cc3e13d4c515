/** Many things as small squares, coloured by a figure; a square leads to what it stands for. */
import { useState } from 'react'
import { entityAddress } from '../../../ui/entity/paths.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Link } from '../../../ui/url/Link.tsx'
import type { PanelModel } from '../contract.ts'
import { entityOfLabels } from '../entities.ts'
import { figuresOf, type OneFigure } from '../figures.ts'
import { colorVar, fieldFor, shownValue } from '../values.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'
import { strengthOf } from './heat.ts'

const squares_max = 2_000

export function WaffleBody({ panel, rans }: Drawing) {
  const [said, setSaid] = useState('')
  const all = figuresOf(rans, panel)
  const figures = all.slice(0, squares_max)
  const most = figures.reduce((sum, { value }) => Math.max(sum, Number(value ?? 0)), 0)
  return (
    <div className={styles.waffle}>
      {groupsOf(figures, panel.options.group_by).map(([group, own]) => (
        <section key={group} className={styles.group}>
          {group === '' ? null : (
            <h3>
              {group} <span>{own.length}</span>
            </h3>
          )}
          <div className={styles.squares}>
            {own.map((one) => (
              <Square key={one.name} figure={one} panel={panel} most={most} onSay={setSaid} />
            ))}
          </div>
        </section>
      ))}
      {all.length > squares_max ? (
        <p className={styles.more}>{t('ui.more', { count: all.length - squares_max })}</p>
      ) : null}
      <p className={styles.heatSays}>{said}</p>
    </div>
  )
}

function groupsOf(figures: readonly OneFigure[], label: string): [string, OneFigure[]][] {
  const groups = new Map<string, OneFigure[]>()
  for (const one of figures) {
    const group = label === '' ? '' : (one.labels[label] ?? '')
    groups.set(group, [...(groups.get(group) ?? []), one])
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b))
}

type SquareProps = {
  figure: OneFigure
  panel: PanelModel
  most: number
  onSay: (text: string) => void
}

function Square({ figure, panel, most, onSay }: SquareProps) {
  const field = fieldFor(panel.options, figure)
  const { text, color } = shownValue(figure.value, field)
  const strength = strengthOf(Number(figure.value ?? 0), most) * 100
  const background =
    colorVar(color ?? field.color) ??
    `color-mix(in oklab, var(--series-1) ${strength}%, var(--surface-pressed))`
  const says = `${figure.name} · ${text}`
  const acts = { onPointerEnter: () => onSay(says), onFocus: () => onSay(says) }
  const entity = entityOfLabels(figure.labels)
  if (entity === undefined) {
    return <span className={styles.square} style={{ background }} title={says} {...acts} />
  }
  const { path, query } = entityAddress(entity.kind, entity.id)
  return (
    <Link
      className={styles.square}
      style={{ background }}
      aria-label={says}
      title={says}
      to={path}
      query={query}
      {...acts}
    />
  )
}
