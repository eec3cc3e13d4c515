/** How Grafana's data sources name series, in our way of writing it. Pure. */

/** Elasticsearch's `{{term rule}}` is the label's value; `__auto` is what an empty legend means. */
export function legendOf(legend: string): string {
  if (legend === '__auto') return ''
  return legend
    .replace(/\{\{\s*(?:term|field)\s+([^}]+?)\s*\}\}/g, '{{$1}}')
    .replace(/\$\{__field\.labels\.(\w+)\}/g, '{{$1}}')
    .replace(/\$\{__field\.labels\["([^"]+)"\]\}/g, '{{$1}}')
    .slice(0, 1024)
}
