/**
 * The dashboard as it is arranged: panels are dragged by their titles and resized at their corners,
 * or moved with the arrow keys (with Shift: resized).
 */
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a panel takes the arrow keys.
// biome-ignore-all lint/a11y/useSemanticElements: a panel that moves is no form.
import 'react-grid-layout/css/styles.css'
import { IconDots, IconGripVertical } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react'
import { GridLayout } from 'react-grid-layout'
import { t } from '../../ui/i18n/translate.ts'
import { IconButton } from '../../ui/parts/Button.tsx'
import { Menu, type MenuItem } from '../../ui/parts/Menu.tsx'
import { type Dashboard, grid_columns, type PanelModel } from './contract.ts'
import styles from './Dashboard.module.css'
import { nudged, withLayout, withPanel } from './edit.ts'
import { PanelView } from './PanelView.tsx'
import type { Chosens } from './replace.ts'
import { type PanelNow, useSize } from './use-panel.ts'

type GridEditProps = {
  dashboard: Dashboard
  chosens: Chosens
  is_ready: boolean
  onChange: (next: (now: Dashboard) => Dashboard) => void
  menu: (panel: PanelModel, now?: PanelNow) => readonly MenuItem[]
}

const line_px = 30
const gap_px = 8
const gridConfig = {
  ...{ cols: grid_columns, rowHeight: line_px, maxRows: Number.POSITIVE_INFINITY },
  margin: [gap_px, gap_px] as const,
  containerPadding: [0, 0] as const,
}
const dragConfig = { enabled: true, bounded: false, handle: '.panel-handle', threshold: 3 }

export function GridEdit({ dashboard, chosens, is_ready, onChange, menu }: GridEditProps) {
  const frame = useRef<HTMLDivElement>(null)
  const { width } = useSize(frame)
  const layout = useMemo(
    () =>
      dashboard.panels.map(({ id, at, kind }) => ({
        ...{ i: id, ...at },
        ...(kind === 'row' ? { isResizable: false } : { minW: 2, minH: 2 }),
      })),
    [dashboard.panels],
  )
  return (
    <div ref={frame} className={styles.arranging}>
      {/* Found here, it is not made: the library would write a style element, which is refused. */}
      <span id="react-draggable-style-el" hidden />
      {width === 0 ? null : (
        <GridLayout
          width={width}
          layout={layout}
          gridConfig={gridConfig}
          dragConfig={dragConfig}
          onLayoutChange={(laid) => onChange((now) => withLayout(now, laid))}
        >
          {dashboard.panels.map((panel) => (
            <div key={panel.id}>
              <Movable panel={panel} onChange={onChange}>
                {panel.kind === 'row' ? (
                  <RowEdit panel={panel} items={menu(panel)} />
                ) : (
                  <PanelView
                    panel={panel}
                    variables={chosens}
                    is_ready={is_ready}
                    menu={(now) => menu(panel, now)}
                    is_movable
                  />
                )}
              </Movable>
            </div>
          ))}
        </GridLayout>
      )}
    </div>
  )
}

const ways: Readonly<Record<string, Parameters<typeof nudged>[1]>> = {
  ...{ ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' },
}

type MovableProps = Pick<GridEditProps, 'onChange'> & { panel: PanelModel; children: ReactNode }

function Movable({ panel, onChange, children }: MovableProps) {
  const press = (event: KeyboardEvent) => {
    const way = ways[event.key]
    if (way === undefined || event.target !== event.currentTarget) return
    event.preventDefault()
    const isSize = event.shiftKey && panel.kind !== 'row'
    onChange((now) => withPanel(now, { ...panel, at: nudged(panel.at, way, isSize) }))
  }
  const label = t('dashboards.edit.movable', { title: panel.title })
  return (
    <div className={styles.movable} role="group" tabIndex={0} aria-label={label} onKeyDown={press}>
      {children}
    </div>
  )
}

function RowEdit({ panel, items }: { panel: PanelModel; items: readonly MenuItem[] }) {
  const label = t('dashboards.panel.menu', { title: panel.title })
  return (
    <div className={`${styles.rowEdit} panel-handle`}>
      <IconGripVertical aria-hidden="true" />
      <span>{panel.title}</span>
      <Menu items={items} align="end" label={label}>
        <IconButton label={label}>
          <IconDots />
        </IconButton>
      </Menu>
    </div>
  )
}
