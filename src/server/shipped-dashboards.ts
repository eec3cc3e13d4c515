/**
 * The dashboards that come with the product: content/dashboards/<id>/dashboard.json, read once. A
 * file that is no dashboard stops the start, as any other broken part of a release would.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Dashboard, dashboardId, dashboardSchema } from '../pages/dashboards/contract.ts'
import { root } from './version.ts'

export const dashboards_dir = join(root, 'content', 'dashboards')

export function readShippedDashboards(dir: string = dashboards_dir): Map<string, Dashboard> {
  const folders = readdirSync(dir, { withFileTypes: true }).filter((one) => one.isDirectory())
  const read = folders.map(({ name }): [string, Dashboard] => {
    const text = readFileSync(join(dir, name, 'dashboard.json'), 'utf8')
    return [dashboardId.parse(name), dashboardSchema.parse(JSON.parse(text))]
  })
  return new Map(read.sort(([a], [b]) => (a < b ? -1 : 1)))
}
