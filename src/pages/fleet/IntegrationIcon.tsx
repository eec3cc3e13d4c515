/** The sign of an integration's type. */
import {
  type IconActivity,
  IconAlignLeft,
  IconArrowsExchange,
  IconBell,
  IconBrandMysql,
  IconChartLine,
  IconClipboardList,
  IconDatabase,
  IconDeviceDesktop,
  IconFlame,
  IconHexagons,
  IconServer2,
  IconShieldExclamation,
  IconTerminal2,
  IconTimeline,
} from '@tabler/icons-react'
import type { IntegrationType } from '../../model/policy.ts'
import styles from './Fleet.module.css'

const icons: Record<IntegrationType, typeof IconActivity> = {
  container_logs: IconAlignLeft,
  kubernetes_objects: IconHexagons,
  kubernetes_events: IconBell,
  kubernetes_audit: IconClipboardList,
  falco: IconShieldExclamation,
  tetragon: IconTerminal2,
  hubble: IconArrowsExchange,
  calico: IconArrowsExchange,
  kubernetes_metrics: IconChartLine,
  prometheus: IconFlame,
  otlp: IconTimeline,
  host: IconDeviceDesktop,
  redis: IconDatabase,
  nginx: IconServer2,
  postgresql: IconDatabase,
  mysql: IconBrandMysql,
}

export function IntegrationIcon({ type }: { type: IntegrationType }) {
  const Icon = icons[type]
  return (
    <span className={styles.sign} aria-hidden="true">
      <Icon stroke={1.6} />
    </span>
  )
}
