/**
 * Grafana dashboards composed for tests: in the shapes that those of nodes, Kubernetes and Falco
 * come with, from the oldest rows to fieldConfig. None is anybody's.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables are written so.

type Json = Record<string, unknown>

const inputs = [{ name: 'DS_PROM', type: 'datasource', pluginId: 'prometheus', label: 'Prom' }]
const red = 'rgba(245, 54, 54, 0.9)'
const colors = ['rgba(50, 172, 45, 0.97)', 'rgba(237, 129, 40, 0.89)', red]

/** As node exporters' dashboards were: rows with spans, singlestats, graphs with overrides. */
export const oldNodes: Json = {
  __inputs: inputs,
  title: 'Machines',
  refresh: false,
  rows: [
    {
      title: 'Gauges',
      height: 150,
      showTitle: false,
      panels: [
        {
          ...{ id: 20, type: 'singlestat', title: 'CPU busy', span: 3, format: 'percent' },
          ...{ datasource: '${DS_PROM}', thresholds: '85,95', colors, valueName: 'current' },
          ...{ colorValue: true, gauge: { show: true, minValue: 0, maxValue: 100 } },
          valueMaps: [{ op: '=', text: 'N/A', value: 'null' }],
          targets: [{ expr: '100 - avg(rate(cpu_idle{instance=~"$node:$port"}[5m]))', refId: 'A' }],
        },
        {
          ...{ id: 14, type: 'singlestat', title: 'Cores', span: 3, format: 'short' },
          ...{ datasource: '${DS_PROM}', thresholds: '', colorBackground: false },
          targets: [{ expr: 'count(cpu_idle)', refId: 'A' }],
        },
      ],
    },
    {
      title: 'Network',
      height: '250px',
      showTitle: true,
      collapse: true,
      panels: [
        {
          ...{ id: 60, type: 'graph', title: 'Traffic', span: 6, fill: 4, lines: true },
          ...{ stack: true, percentage: false, datasource: '${DS_PROM}' },
          yaxes: [{ format: 'bps', min: '0' }, { format: 'pps' }],
          legend: { show: true, alignAsTable: true, values: true, current: true },
          aliasColors: { eth0: '#7EB26D' },
          seriesOverrides: [{ alias: '/.*sent.*/', transform: 'negative-Y' }],
          thresholds: [{ value: 1000, op: 'gt', colorMode: 'critical', fill: true, line: true }],
          targets: [
            { expr: 'rate(rx[5m])*8', legendFormat: '{{device}} received', refId: 'A' },
            { expr: 'rate(tx[5m])*8', legendFormat: '{{device}} sent', refId: 'B' },
          ],
        },
        {
          ...{ id: 61, type: 'graph', title: 'Both axes', span: 6, datasource: '${DS_PROM}' },
          yaxes: [{ format: 'bytes' }, { format: 'percent' }],
          seriesOverrides: [{ alias: 'share', yaxis: 2 }],
          targets: [{ expr: 'used', refId: 'A' }],
        },
      ],
    },
  ],
  templating: {
    list: [
      {
        ...{ name: 'node', type: 'query', datasource: '${DS_PROM}', refresh: 1, sort: 1 },
        query: 'label_values(boot_time, instance)',
        regex: '/([^:]+):.*/',
        current: {},
      },
      {
        ...{ name: 'port', type: 'query', datasource: '${DS_PROM}', hide: 2 },
        query: 'label_values(boot_time{instance=~"$node:(.*)", a="b,c"}, instance)',
        regex: '/[^:]+:(.*)/',
      },
    ],
  },
}

const prom = { type: 'prometheus', uid: '${datasource}' }
const steps = (...pairs: [string, number | null][]) => ({
  mode: 'absolute',
  steps: pairs.map(([color, value]) => ({ color, value })),
})

/** As modern dashboards of clusters are. */
export const kubernetes: Json = {
  title: 'Cluster',
  tags: ['kubernetes', 'kubernetes'],
  time: { from: 'now-3h', to: 'now' },
  refresh: '5m',
  annotations: { list: [{ builtIn: 1, name: 'Annotations' }, { name: 'deploys' }] },
  templating: {
    list: [
      { name: 'datasource', type: 'datasource', query: 'prometheus' },
      {
        ...{ name: 'cluster', type: 'query', datasource: prom, hide: 0, includeAll: false },
        query: { query: 'label_values(up{job="kubelet"}, cluster)', refId: 'V' },
        current: { text: 'eu', value: 'eu' },
      },
      {
        ...{ name: 'namespace', type: 'query', datasource: prom, multi: true, includeAll: true },
        definition: 'label_values(kube_pod_info{cluster="$cluster"}, namespace)',
        current: { text: ['All'], value: ['$__all'] },
        allValue: '.+',
      },
      { name: 'resolution', type: 'interval', query: '30s,1m,5m', auto: true },
      { name: 'kind', type: 'custom', query: 'Pods : pod, Nodes : node' },
      { name: 'filters', type: 'adhoc' },
      { name: 'result', type: 'query', datasource: prom, query: 'query_result(topk(3, up))' },
    ],
  },
  panels: [
    {
      id: 1,
      type: 'row',
      title: 'Overview',
      collapsed: false,
      gridPos: { x: 0, y: 0, w: 24, h: 1 },
    },
    {
      ...{ id: 2, type: 'bargauge', title: 'CPU', gridPos: { x: 0, y: 1, w: 6, h: 8 } },
      datasource: prom,
      fieldConfig: {
        defaults: {
          ...{ unit: 'percentunit', min: 0, max: 1, color: { mode: 'continuous-GrYlRd' } },
          thresholds: steps(['green', null], ['red', 80]),
        },
        overrides: [],
      },
      options: { reduceOptions: { calcs: ['lastNotNull'] } },
      targets: [
        { expr: 'avg(used_linux)', legendFormat: 'Real Linux', refId: 'Real Linux' },
        { expr: 'avg(used_windows)', legendFormat: 'Real Windows', refId: 'Real Windows' },
      ],
      transformations: [
        {
          id: 'calculateField',
          options: {
            ...{ alias: 'Real', mode: 'reduceRow' },
            reduce: { include: ['Real Linux', 'Real Windows'], reducer: 'mean' },
          },
        },
        {
          id: 'organize',
          options: { excludeByName: { 'Real Linux': true, 'Real Windows': true, Time: true } },
        },
      ],
    },
    {
      ...{ id: 3, type: 'stat', title: 'Nodes', gridPos: { x: 6, y: 1, w: 2, h: 4 } },
      datasource: prom,
      fieldConfig: {
        defaults: {
          mappings: [
            { type: 'value', options: { '0': { text: 'none', color: 'red' } } },
            { type: 'special', options: { match: 'null+nan', result: { text: '-' } } },
            { type: 'range', options: { from: 1, to: 2, result: { text: 'few' } } },
          ],
          thresholds: steps(['blue', null]),
        },
      },
      options: { graphMode: 'none', colorMode: 'background', textMode: 'value' },
      targets: [{ expr: 'count(kube_node_info)', instant: true, range: false, refId: 'A' }],
    },
    {
      ...{ id: 4, type: 'timeseries', title: 'Pods of $namespace', repeat: 'namespace' },
      ...{ gridPos: { x: 8, y: 1, w: 16, h: 8 }, datasource: prom, repeatDirection: 'h' },
      maxPerRow: 3,
      fieldConfig: {
        defaults: {
          unit: 'Bps',
          custom: { drawStyle: 'line', fillOpacity: 25, stacking: { mode: 'normal' } },
          thresholds: steps(['green', null], ['red', 80]),
          displayName: '${__field.labels.pod}',
        },
        overrides: [
          {
            matcher: { id: 'byRegexp', options: '/limit.*/' },
            properties: [
              { id: 'color', value: { mode: 'fixed', fixedColor: 'dark-red' } },
              { id: 'custom.fillOpacity', value: 0 },
              { id: 'custom.transform', value: 'negative-Y' },
            ],
          },
          {
            matcher: { id: 'byType', options: 'number' },
            properties: [{ id: 'unit', value: 's' }],
          },
        ],
      },
      options: { legend: { displayMode: 'table', placement: 'right', showLegend: true } },
      targets: [
        {
          ...{ expr: 'sum by (pod) (rate(rx{namespace=~"$namespace"}[$__rate_interval]))' },
          ...{ legendFormat: '__auto', interval: '$resolution', refId: 'A' },
        },
      ],
    },
    {
      ...{ id: 5, type: 'row', title: 'Tables', collapsed: true },
      gridPos: { x: 0, y: 9, w: 24, h: 1 },
      panels: [
        {
          ...{ id: 6, type: 'table', title: 'Quota', gridPos: { x: 0, y: 10, w: 24, h: 8 } },
          datasource: prom,
          fieldConfig: {
            defaults: { custom: { cellOptions: { type: 'auto' } } },
            overrides: [
              {
                matcher: { id: 'byName', options: 'CPU' },
                properties: [
                  { id: 'unit', value: 'short' },
                  { id: 'custom.cellOptions', value: { type: 'gauge' } },
                  { id: 'custom.width', value: 120.4 },
                ],
              },
            ],
          },
          options: { sortBy: [{ displayName: 'CPU', desc: true }] },
          targets: [
            { expr: 'sum by (pod) (cpu)', format: 'table', instant: true, refId: 'A' },
            { expr: 'sum by (pod) (limit)', format: 'table', instant: true, refId: 'B' },
          ],
          transformations: [
            { id: 'joinByField', options: { byField: 'pod', mode: 'outer' } },
            { id: 'organize', options: { renameByName: { 'Value #A': 'CPU' }, indexByName: {} } },
            { id: 'extractFields', options: {} },
          ],
        },
      ],
    },
    {
      id: 7,
      type: 'text',
      title: '',
      gridPos: { x: 0, y: 10, w: 24, h: 3 },
      options: {
        mode: 'html',
        content: '<h2>About</h2><a href="https://a.b">docs</a><script>x()</script>',
      },
    },
    {
      ...{ id: 8, type: 'heatmap', title: 'Latency', gridPos: { x: 0, y: 13, w: 12, h: 8 } },
      datasource: prom,
      targets: [{ expr: 'sum by (le) (rate(b[5m]))', format: 'heatmap', legendFormat: '{{le}}' }],
    },
    { id: 9, type: 'alertlist', title: 'Alerts', gridPos: { x: 12, y: 13, w: 12, h: 8 } },
  ],
}

/** As Falco's dashboards are: counters, log lines from Loki, documents from Elasticsearch. */
export const falco: Json = {
  dashboard: {
    title: 'Falco',
    panels: [
      {
        ...{ id: 1, type: 'timeseries', title: 'Events', gridPos: { x: 0, y: 0, w: 12, h: 8 } },
        datasource: { type: 'prometheus', uid: 'abc' },
        targets: [{ expr: 'sum by (priority) (rate(falco_events[5m]))', refId: 'A' }],
      },
      {
        ...{ id: 2, type: 'table-old', title: 'By rule', gridPos: { x: 12, y: 0, w: 12, h: 8 } },
        datasource: 'Prometheus',
        styles: [
          { pattern: 'Time', type: 'hidden' },
          {
            ...{ pattern: 'Value', alias: 'Events', type: 'number', unit: 'short', decimals: 0 },
            ...{ colorMode: 'cell', colors, thresholds: ['5', '10'] },
          },
        ],
        targets: [{ expr: 'sum by (rule) (falco_events)', format: 'table', instant: true }],
      },
      {
        ...{ id: 3, type: 'logs', title: 'Lines', gridPos: { x: 0, y: 8, w: 24, h: 8 } },
        datasource: { type: 'loki', uid: 'l' },
        options: { sortOrder: 'Descending' },
        targets: [{ expr: '{app="falco"} |= "Notice" | json', refId: 'A' }],
      },
      {
        ...{ id: 4, type: 'piechart', title: 'Priorities', gridPos: { x: 0, y: 16, w: 12, h: 8 } },
        datasource: { type: 'loki', uid: 'l' },
        targets: [
          {
            expr: 'sum by (priority) (count_over_time({app="falco"} | json [$__range]))',
            queryType: 'instant',
            legendFormat: '{{priority}}',
            refId: 'A',
          },
        ],
      },
      {
        ...{ id: 5, type: 'timeseries', title: 'Rules', gridPos: { x: 12, y: 16, w: 12, h: 8 } },
        datasource: { type: 'elasticsearch', uid: 'e' },
        targets: [
          {
            ...{
              query: 'priority:Critical AND NOT rule.keyword:"x AND y"',
              alias: '{{term rule}}',
            },
            metrics: [{ id: '1', type: 'count' }],
            bucketAggs: [
              { type: 'terms', field: 'rule.keyword', id: '3', settings: { size: '10' } },
              { type: 'date_histogram', field: '@timestamp', id: '2' },
            ],
            refId: 'A',
          },
        ],
      },
      {
        ...{ id: 6, type: 'logs', title: 'Documents', gridPos: { x: 0, y: 24, w: 12, h: 8 } },
        datasource: { type: 'elasticsearch', uid: 'e' },
        targets: [{ query: '*', metrics: [{ id: '1', type: 'logs' }], bucketAggs: [], refId: 'A' }],
      },
      {
        ...{ id: 7, type: 'nodeGraph', title: 'Graph', gridPos: { x: 12, y: 24, w: 12, h: 8 } },
        datasource: { type: 'tempo', uid: 't' },
        targets: [{ queryType: 'serviceMap', refId: 'A' }],
      },
      {
        ...{ id: 8, type: 'table', title: 'Traces', gridPos: { x: 0, y: 32, w: 12, h: 8 } },
        datasource: { type: 'tempo', uid: 't' },
        targets: [
          {
            queryType: 'traceqlSearch',
            filters: [
              {
                tag: 'service.name',
                operator: '=',
                scope: 'resource',
                value: ['shop'],
                valueType: 'string',
              },
              {
                tag: 'duration',
                operator: '>',
                scope: 'intrinsic',
                value: '1s',
                valueType: 'duration',
              },
            ],
            refId: 'A',
          },
        ],
      },
      {
        ...{
          id: 9,
          type: 'acme-plugin-panel',
          title: 'Plugin',
          gridPos: { x: 0, y: 40, w: 12, h: 8 },
        },
        datasource: { type: 'prometheus', uid: 'abc' },
        targets: [{ expr: 'up', refId: 'A' }],
      },
      {
        ...{ id: 10, type: 'timeseries', title: 'SQL', gridPos: { x: 12, y: 40, w: 12, h: 8 } },
        datasource: { type: 'mysql', uid: 'm' },
        targets: [{ rawSql: 'select 1', refId: 'A' }],
      },
    ],
  },
}
