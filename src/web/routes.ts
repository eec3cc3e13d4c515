/** All pages of the product, in the order of the rail. A page is one entry here. */
import {
  IconAdjustments,
  IconAlignLeft,
  IconBell,
  IconChartLine,
  IconCompass,
  IconHexagons,
  IconHistory,
  IconLayoutBoard,
  IconLayoutDashboard,
  IconPlugConnected,
  IconRadar2,
  IconRoute,
  IconServer2,
  IconSettings,
  IconStack2,
  IconTerminal2,
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
  group: 'observe' | 'kubernetes' | 'manage'
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
    name: 'dashboards',
    group: 'observe',
    icon: IconLayoutBoard,
    keys: 'g b',
    paths: [
      {
        pattern: '/dashboards',
        page: page(
          async () => (await import('../pages/dashboards/DashboardsPage.tsx')).DashboardsPage,
        ),
      },
      {
        pattern: '/dashboards/:id',
        page: page(
          async () => (await import('../pages/dashboards/DashboardPage.tsx')).DashboardPage,
        ),
      },
    ],
  },
  {
    name: 'explore',
    group: 'observe',
    icon: IconCompass,
    keys: 'g x',
    paths: [
      {
        pattern: '/explore',
        page: page(async () => (await import('../pages/explore/ExplorePage.tsx')).ExplorePage),
      },
    ],
  },
  {
    name: 'clusters',
    group: 'kubernetes',
    icon: IconHexagons,
    keys: 'g c',
    paths: [
      {
        pattern: '/kubernetes',
        page: page(async () => (await import('../pages/kubernetes/ClustersPage.tsx')).ClustersPage),
      },
      {
        pattern: '/kubernetes/entity/:kind/:namespace/:name',
        page: page(
          async () => (await import('../pages/kubernetes/entity/EntityPage.tsx')).EntityPage,
        ),
      },
    ],
  },
  {
    name: 'workloads',
    group: 'kubernetes',
    icon: IconStack2,
    keys: 'g w',
    paths: [
      {
        pattern: '/kubernetes/workloads',
        page: page(async () => (await import('../pages/kubernetes/ObjectsPage.tsx')).WorkloadsPage),
      },
      {
        pattern: '/kubernetes/pods',
        page: page(async () => (await import('../pages/kubernetes/ObjectsPage.tsx')).PodsPage),
      },
      {
        pattern: '/kubernetes/namespaces',
        page: page(
          async () => (await import('../pages/kubernetes/ObjectsPage.tsx')).NamespacesPage,
        ),
      },
      {
        pattern: '/kubernetes/services',
        page: page(async () => (await import('../pages/kubernetes/ObjectsPage.tsx')).ServicesPage),
      },
      {
        pattern: '/kubernetes/volumes',
        page: page(async () => (await import('../pages/kubernetes/ObjectsPage.tsx')).VolumesPage),
      },
      {
        pattern: '/kubernetes/jobs',
        page: page(async () => (await import('../pages/kubernetes/ObjectsPage.tsx')).JobsPage),
      },
      {
        pattern: '/kubernetes/autoscalers',
        page: page(
          async () => (await import('../pages/kubernetes/ObjectsPage.tsx')).AutoscalersPage,
        ),
      },
    ],
  },
  {
    name: 'nodes',
    group: 'kubernetes',
    icon: IconServer2,
    keys: 'g n',
    paths: [
      {
        pattern: '/kubernetes/nodes',
        page: page(async () => (await import('../pages/kubernetes/ObjectsPage.tsx')).NodesPage),
      },
    ],
  },
  {
    name: 'events',
    group: 'kubernetes',
    icon: IconBell,
    keys: 'g e',
    paths: [
      {
        pattern: '/kubernetes/events',
        page: page(async () => (await import('../pages/kubernetes/EventsPage.tsx')).EventsPage),
      },
    ],
  },
  {
    name: 'changes',
    group: 'kubernetes',
    icon: IconHistory,
    keys: 'g h',
    paths: [
      {
        pattern: '/kubernetes/changes',
        page: page(async () => (await import('../pages/kubernetes/ChangesPage.tsx')).ChangesPage),
      },
    ],
  },
  {
    name: 'get_data_in',
    group: 'manage',
    icon: IconPlugConnected,
    keys: 'g d',
    paths: [
      {
        pattern: '/get-data-in',
        page: page(
          async () => (await import('../pages/get-data-in/GetDataInPage.tsx')).GetDataInPage,
        ),
      },
    ],
  },
  {
    name: 'agents',
    group: 'manage',
    icon: IconRadar2,
    keys: 'g a',
    paths: [
      {
        pattern: '/agents',
        page: page(async () => (await import('../pages/fleet/AgentsPage.tsx')).AgentsPage),
      },
      {
        pattern: '/agents/add',
        page: page(async () => (await import('../pages/fleet/AddAgentPage.tsx')).AddAgentPage),
      },
      {
        pattern: '/agents/policies/:policy_id',
        page: page(async () => (await import('../pages/fleet/PolicyPage.tsx')).PolicyPage),
      },
    ],
  },
  {
    name: 'apm_agents',
    group: 'manage',
    icon: IconAdjustments,
    keys: 'g p',
    paths: [
      {
        pattern: '/apm-agents',
        page: page(
          async () => (await import('../pages/apm-agents/ApmAgentsPage.tsx')).ApmAgentsPage,
        ),
      },
    ],
  },
  {
    name: 'pipelines',
    group: 'manage',
    icon: IconRoute,
    keys: 'g i',
    paths: [
      {
        pattern: '/pipelines',
        page: page(
          async () => (await import('../pages/pipelines/PipelinesPage.tsx')).PipelinesPage,
        ),
      },
      {
        pattern: '/pipelines/:name',
        page: page(async () => (await import('../pages/pipelines/PipelinePage.tsx')).PipelinePage),
      },
    ],
  },
  {
    name: 'dev_tools',
    group: 'manage',
    icon: IconTerminal2,
    keys: 'g v',
    paths: [
      {
        pattern: '/dev-tools',
        page: page(async () => (await import('../pages/dev-tools/DevToolsPage.tsx')).DevToolsPage),
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
