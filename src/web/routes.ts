/** All pages of the product, in the order of the rail. A page is one entry here. */
import {
  IconAlignLeft,
  IconChartLine,
  IconLayoutDashboard,
  IconSettings,
  IconTimeline,
  IconTopologyStar3,
} from '@tabler/icons-react'
import { type ComponentType, lazy } from 'react'

type Params = Record<string, string>
export type PageComponent = ComponentType<{ params: Params }>

export type Route = {
  /** The first path is the page's own; others belong to it, such as one service. */
  paths: readonly { pattern: string; page: PageComponent }[]
  /** The key of its name in shell-words.ts: shell.page.<name>. */
  name: string
  group: 'observe' | 'manage'
  icon: typeof IconSettings
  keys: string
}

/** A page is loaded when it is first opened. */
function page(load: () => Promise<PageComponent>): PageComponent {
  return lazy(async () => ({ default: await load() }))
}

export const routes: readonly Route[] = [
  {
    name: 'overview',
    group: 'observe',
    icon: IconLayoutDashboard,
    keys: 'g o',
    paths: [
      {
        pattern: '/',
        page: page(async () => (await import('../pages/overview/OverviewPage.tsx')).OverviewPage),
      },
    ],
  },
  {
    name: 'logs',
    group: 'observe',
    icon: IconAlignLeft,
    keys: 'g l',
    paths: [
      {
        pattern: '/logs',
        page: page(async () => (await import('../pages/logs/LogsPage.tsx')).LogsPage),
      },
    ],
  },
  {
    name: 'metrics',
    group: 'observe',
    icon: IconChartLine,
    keys: 'g m',
    paths: [
      {
        pattern: '/metrics/explore',
        page: page(async () => (await import('../pages/metrics/MetricsPage.tsx')).MetricsPage),
      },
    ],
  },
  {
    name: 'traces',
    group: 'observe',
    icon: IconTimeline,
    keys: 'g t',
    paths: [
      {
        pattern: '/traces',
        page: page(async () => (await import('../pages/traces/TracesPage.tsx')).TracesPage),
      },
      {
        pattern: '/traces/:trace_id',
        page: page(async () => (await import('../pages/traces/TracePage.tsx')).TracePage),
      },
    ],
  },
  {
    name: 'services',
    group: 'observe',
    icon: IconTopologyStar3,
    keys: 'g s',
    paths: [
      {
        pattern: '/services',
        page: page(async () => (await import('../pages/services/ServicesPage.tsx')).ServicesPage),
      },
      {
        pattern: '/services/:service',
        page: page(async () => (await import('../pages/services/ServicePage.tsx')).ServicePage),
      },
    ],
  },
  {
    name: 'settings',
    group: 'manage',
    icon: IconSettings,
    keys: 'g ,',
    paths: [
      {
        pattern: '/settings',
        page: page(async () => (await import('../pages/settings/SettingsPage.tsx')).SettingsPage),
      },
    ],
  },
]
