/** The dashboard as it is looked at: panels on a grid of 24 columns, rows that fold. */
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import type { CSSProperties } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import type { MenuItem } from '../../ui/parts/Menu.tsx'
import type { Dashboard, PanelModel } from './contract.ts'
import styles from './Dashboard.module.css'
import { type Standing, sectionsOf, standing } from './layout.ts'
import { PanelView } from './PanelView.tsx'
import { type Chosens, replaced } from './replace.ts'
import type { PanelNow } from './use-panel.ts'
import { merged } from './variables.ts'

type GridProps = {
  dashboard: Dashboard
  chosens: Chosens
  is_ready: boolean
  /** Rows that are not as the dashboard has them. */
  turned: readonly string[]
  onTurn: (row: string) => void
  menu: (panel: PanelModel, now: PanelNow) => readonly MenuItem[]
}

export function GridView({ dashboard, chosens, is_ready, turned, onTurn, menu }: GridProps) {
  const isFolded = (row: PanelModel) => row.is_folded !== turned.includes(row.id)
  const placed = standing(dashboard.panels, chosens, isFolded)
  const inside = new Map(sectionsOf(dashboard.panels).map(({ row, panels }) => [row?.id, panels]))
  return (
    <div className={styles.grid}>
      {placed.map(({ key, panel, at, own }) => (
        <div key={key} className={styles.cell} style={cellStyle(at)} data-kind={panel.kind}>
          {panel.kind === 'row' ? (
            <RowHead
              panel={panel}
              own={merged(chosens, own)}
              isFolded={isFolded(panel)}
              count={inside.get(panel.id)?.length ?? 0}
              onTurn={() => onTurn(panel.id)}
            />
          ) : (
            <PanelView
              panel={panel}
              variables={merged(chosens, own)}
              is_ready={is_ready}
              menu={(now) => menu(panel, now)}
            />
          )}
        </div>
      ))}
    </div>
  )
}

function cellStyle({ x, y, w, h }: Standing['at']): CSSProperties {
  return {
    '--column': `${x + 1} / span ${w}`,
    '--line': `${y + 1} / span ${h}`,
    '--high': h,
  } as CSSProperties
}

type RowProps = {
  panel: PanelModel
  own: Chosens
  isFolded: boolean
  count: number
  onTurn: () => void
}

function RowHead({ panel, own, isFolded, count, onTurn }: RowProps) {
  const title = replaced(panel.title, { variables: own, from_ms: 0, to_ms: 0, step_ms: 1000 })
  const Icon = isFolded ? IconChevronRight : IconChevronDown
  return (
    <h2 className={styles.row}>
      <button type="button" aria-expanded={!isFolded} onClick={onTurn}>
        <Icon aria-hidden="true" />
        {title}
        {isFolded ? (
          <span className={styles.rowCount}>{t('dashboards.panels', { count })}</span>
        ) : null}
      </button>
    </h2>
  )
}
