/** Who calls whom, small: a service leads to its page. The whole map is on the Services page. */
import { useMemo } from 'react'
import { figure, percent } from '../../../ui/format/figures.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { EmptyState } from '../../../ui/parts/EmptyState.tsx'
import { useRange } from '../../../ui/range/range.ts'
import { Link } from '../../../ui/url/Link.tsx'
import type { ServiceMap } from '../../services/contract.ts'
import styles from './Draw.module.css'
import { type MapNode, mapOf, node_height, node_width } from './map-layout.ts'

type MapProps = { answer: ServiceMap; size: { width: number; height: number } }

export function MapBody({ answer, size }: MapProps) {
  const sheet = useMemo(() => mapOf(answer), [answer])
  if (sheet.nodes.length === 0) {
    return <EmptyState title={t('dashboards.empty')}>{t('dashboards.empty.map')}</EmptyState>
  }
  const fit = Math.min(1.1, size.width / sheet.width, size.height / sheet.height)
  // Smaller than this nobody reads it: it scrolls instead.
  const zoom = Math.max(0.55, fit)
  return (
    <div className={styles.map} style={{ height: size.height }}>
      <div style={{ width: sheet.width * zoom, height: sheet.height * zoom, margin: 'auto' }}>
        <div
          className={styles.mapSheet}
          style={{ width: sheet.width, height: sheet.height, transform: `scale(${zoom})` }}
        >
          <svg width={sheet.width} height={sheet.height} aria-hidden="true">
            {sheet.edges.map(({ id, path, calls, errors }) => (
              <path
                key={id}
                d={path}
                className={styles.mapEdge}
                data-bad={errors / Math.max(1, calls) > 0.05}
                strokeWidth={1 + Math.min(3, Math.log10(1 + calls) / 2)}
              />
            ))}
          </svg>
          {sheet.nodes.map((node) => (
            <Box key={node.id} node={node} />
          ))}
        </div>
      </div>
    </div>
  )
}

function Box({ node }: { node: MapNode }) {
  const { from_ms, to_ms } = useRange()
  const { kind, name, calls, errors, x, y } = node
  const share = calls === 0 ? 0 : errors / calls
  const rate = figure(calls / Math.max(1, (to_ms - from_ms) / 1000), '/s')
  const shown = kind === 'user' ? t('dashboards.map.users') : name
  const style = { left: x, top: y, width: node_width, height: node_height }
  const content = (
    <>
      <span className={styles.mapName}>{shown}</span>
      {kind === 'user' ? null : (
        <span className={styles.mapFigures}>
          {rate} · {percent(share)}
        </span>
      )}
    </>
  )
  const tone = share > 0.05 ? 'bad' : share > 0.01 ? 'warn' : ''
  if (kind !== 'service') {
    return (
      <span className={styles.mapBox} style={style} data-kind={kind} data-tone={tone}>
        {content}
      </span>
    )
  }
  return (
    <Link
      className={styles.mapBox}
      style={style}
      data-tone={tone}
      title={name}
      to={`/services/${encodeURIComponent(name)}`}
    >
      {content}
    </Link>
  )
}
