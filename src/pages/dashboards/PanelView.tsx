/**
 * One panel on the grid: its title and menu, and what its queries were answered, in the four states
 * that every panel has. It asks only while it is seen.
 */
import { IconDots, IconGripVertical, IconInfoCircle } from '@tabler/icons-react'
import { type ReactNode, useRef } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { IconButton } from '../../ui/parts/Button.tsx'
import { EmptyState, Skeleton } from '../../ui/parts/EmptyState.tsx'
import { ContextMenu, Menu, type MenuItem } from '../../ui/parts/Menu.tsx'
import { Tooltip } from '../../ui/parts/Tooltip.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { serviceMap } from '../services/contract.ts'
import type { PanelModel } from './contract.ts'
import { MapBody } from './draw/MapBody.tsx'
import { MarkdownBody } from './draw/MarkdownBody.tsx'
import { isEmpty, PanelBody } from './PanelBody.tsx'
import styles from './PanelView.module.css'
import { type Chosens, replaced } from './replace.ts'
import { type PanelNow, useIsSeen, usePanel, useSize } from './use-panel.ts'

export type PanelViewProps = {
  panel: PanelModel
  variables: Chosens
  /** Variables are known. */
  is_ready: boolean
  menu?: ((now: PanelNow) => readonly MenuItem[]) | undefined
  /** It can be dragged by its title. */
  is_movable?: boolean | undefined
}

export function PanelView(props: PanelViewProps) {
  const { panel, variables, is_ready, is_movable = false } = props
  const frame = useRef<HTMLElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const isSeen = useIsSeen(frame)
  const size = useSize(content)
  const is_enabled = isSeen && is_ready && size.width > 0
  const now = usePanel(panel, { variables, is_enabled, width: size.width })
  const title = replaced(panel.title, now.replacing)
  const items = props.menu?.(now) ?? []
  const view = (
    <section
      ref={frame}
      className={styles.panel}
      aria-label={title || t(`dashboards.kind.${panel.kind}`)}
      aria-busy={now.asked.is_fetching}
    >
      <header className={`${styles.head} ${is_movable ? `${styles.movable} panel-handle` : ''}`}>
        {is_movable ? <IconGripVertical className={styles.grip} aria-hidden="true" /> : null}
        <h3 className={styles.title} title={title}>
          {title}
        </h3>
        <About panel={panel} now={now} />
        {items.length === 0 ? null : (
          <Menu items={items} align="end" label={t('dashboards.panel.menu', { title })}>
            <IconButton label={t('dashboards.panel.menu', { title })} className={styles.more ?? ''}>
              <IconDots />
            </IconButton>
          </Menu>
        )}
      </header>
      {now.asked.is_fetching ? <div className={styles.busy} aria-hidden="true" /> : null}
      <div ref={content} className={styles.content} data-earlier={now.asked.is_earlier}>
        <Content {...{ panel, now, size, isSeen }} />
      </div>
      <Notes now={now} />
    </section>
  )
  return items.length === 0 ? view : <ContextMenu items={items}>{view}</ContextMenu>
}

function About({ panel, now }: { panel: PanelModel; now: PanelNow }) {
  if (panel.description === '') return null
  const text = replaced(panel.description, now.replacing)
  return (
    <Tooltip text={text}>
      <button type="button" className={styles.about} aria-label={text}>
        <IconInfoCircle />
      </button>
    </Tooltip>
  )
}

type ContentProps = {
  panel: PanelModel
  now: PanelNow
  size: { width: number; height: number }
  isSeen: boolean
}

function Content({ panel, now, size, isSeen }: ContentProps): ReactNode {
  const { asked, replacing } = now
  if (panel.kind === 'markdown') return <MarkdownBody panel={panel} replacing={replacing} />
  if (panel.kind === 'service_map') return <MapContent size={size} isSeen={isSeen} />
  if (panel.queries.length === 0) {
    return <EmptyState title={t('dashboards.no_query')}>{t('dashboards.no_query.do')}</EmptyState>
  }
  if (asked.status === 'failed' && asked.fault !== undefined) {
    return <FaultNote fault={asked.fault} retry={asked.refetch} busy={asked.is_fetching} />
  }
  const { answer } = asked
  // What is not seen is not asked: it waits for nobody.
  if (answer === undefined) return isSeen ? <Waiting size={size} /> : null
  if (isEmpty(answer.rans)) {
    return <EmptyState title={t('dashboards.empty')}>{t('dashboards.empty.do')}</EmptyState>
  }
  return <PanelBody panel={panel} rans={answer.rans} size={size} replacing={replacing} />
}

function Waiting({ size }: Pick<ContentProps, 'size'>) {
  return <Skeleton height={Math.max(40, size.height - 8)} />
}

function MapContent({ size, isSeen }: Pick<ContentProps, 'size' | 'isSeen'>) {
  const asked = useAsk(serviceMap, useRangeAsk(), { enabled: isSeen })
  if (asked.fault !== undefined) return <FaultNote fault={asked.fault} retry={asked.refetch} />
  if (asked.answer === undefined) return isSeen ? <Waiting size={size} /> : null
  return size.height === 0 ? null : <MapBody answer={asked.answer} size={size} />
}

/** What the languages warn of, and that more exists than is shown. */
function Notes({ now }: { now: PanelNow }) {
  const { answer } = now.asked
  if (answer === undefined) return null
  const notes = [...answer.warnings, ...(answer.is_capped ? [t('dashboards.capped')] : [])]
  if (notes.length === 0) return null
  const [first, ...more] = notes
  return (
    <p className={styles.notes} title={notes.join('\n')}>
      <span>{first}</span>
      {more.length === 0 ? null : <span>{t('ui.more', { count: more.length })}</span>}
    </p>
  )
}
