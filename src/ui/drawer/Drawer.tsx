/**
 * Details at the right of the page, without hiding it: resizable, closed by Esc, its openness kept
 * by the caller in the address. Focus goes in when it opens and back where it was when it closes.
 */
import { IconX } from '@tabler/icons-react'
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react'
import { createPortal } from 'react-dom'
import { t } from '../i18n/translate.ts'
import { useKeys } from '../keys/keys.ts'
import { IconButton } from '../parts/Button.tsx'
import styles from './Drawer.module.css'

const stored = 'crowsnest.drawer'
const width_min = 360

type DrawerProps = {
  open: boolean
  title: ReactNode
  /** Read aloud when the title is more than text. */
  label?: string | undefined
  onClose: () => void
  actions?: ReactNode
  children: ReactNode
}

export function Drawer(props: DrawerProps) {
  // The place is drawn together with the page that may start open: it is looked up after that.
  const [place, setPlace] = useState<HTMLElement | null>(null)
  useEffect(() => setPlace(document.getElementById('drawers') ?? document.body), [])
  return props.open && place !== null ? <OpenDrawer {...props} place={place} /> : null
}

function OpenDrawer(props: DrawerProps & { place: HTMLElement }) {
  const { title, label, onClose, actions, children, place } = props
  const [width, setWidth] = useState(readWidth)
  const panel = useRef<HTMLElement>(null)
  useKeys([{ keys: 'esc', says: t('ui.keys.close'), act: onClose, typing: true }])
  useEffect(() => {
    const before = document.activeElement
    return () => {
      const inside = document.activeElement
      if (before instanceof HTMLElement && (inside === null || inside === document.body)) {
        before.focus({ preventScroll: true })
      }
    }
  }, [])
  const resize = (wanted: number) => {
    const next = Math.round(Math.min(window.innerWidth - 80, Math.max(width_min, wanted)))
    setWidth(next)
    localStorage.setItem(stored, String(next))
  }
  const spoken = label ?? (typeof title === 'string' ? title : t('ui.details'))
  return createPortal(
    <aside
      ref={panel}
      className={styles.drawer}
      style={{ '--width': `${width}px` } as CSSProperties}
      aria-label={spoken}
    >
      <Edge width={width} onWidth={resize} />
      <header className={styles.header}>
        <h2 className={styles.title}>{title}</h2>
        <div className={styles.actions}>
          {actions}
          <IconButton label={t('ui.close')} keys="esc" onClick={onClose}>
            <IconX />
          </IconButton>
        </div>
      </header>
      <div className={styles.content}>{children}</div>
    </aside>,
    place,
  )
}

function Edge({ width, onWidth }: { width: number; onWidth: (width: number) => void }) {
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: 32, ArrowRight: -32 }[event.key]
    if (step !== undefined) onWidth(width + step)
  }
  const start = (event: PointerEvent<HTMLElement>) => {
    const edge = event.currentTarget
    event.preventDefault()
    edge.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => onWidth(window.innerWidth - moved.clientX)
    edge.addEventListener('pointermove', move)
    const stop = () => edge.removeEventListener('pointermove', move)
    edge.addEventListener('pointerup', stop, { once: true })
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no hr.
    <div
      className={styles.edge}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('ui.resize')}
      aria-valuenow={width}
      onKeyDown={press}
      onPointerDown={start}
    />
  )
}

function readWidth(): number {
  const kept = Number(localStorage.getItem(stored))
  const wanted = kept >= width_min ? kept : 560
  return Math.min(wanted, window.innerWidth - 80)
}
