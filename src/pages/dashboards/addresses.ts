/** Addresses of the dashboards' pages, and of those that their panels lead to. */
import { href, type Query } from '../../ui/url/location.ts'
import type { PanelQuery } from './contract.ts'

export const dashboardPath = (id: string) => `/dashboards/${encodeURIComponent(id)}`

export function dashboardAddress(id: string, query: Query = {}): string {
  return href(dashboardPath(id), query)
}

/** Where a query is looked at alone: with its variables filled in. */
export function exploreAddress(query: PanelQuery, text: string): string {
  const table = query.shape?.table ?? 'logs'
  if (query.language === 'search') {
    const page = { logs: '/logs', spans: '/traces' }[table as string]
    if (page !== undefined) return href(page, { search: text })
  }
  const { measure, field, group_by = [] } = query.shape ?? {}
  return href('/explore', {
    language: query.language,
    query: text,
    ...(query.language === 'search' ? { table, measure, field } : {}),
    ...(group_by.length === 0 ? {} : { group_by: group_by.join(',') }),
  })
}

const prefix = 'var-'

/** Chosen values of the address: `var-namespace=shop&var-namespace=kube-system`. */
export function chosenIn(search: string): ReadonlyMap<string, readonly string[]> {
  const chosen = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(search)) {
    if (!name.startsWith(prefix)) continue
    const own = name.slice(prefix.length)
    chosen.set(own, [...(chosen.get(own) ?? []), value])
  }
  return chosen
}

export function withChosen(address: string, name: string, values: readonly string[]): string {
  const [path = '', search = ''] = address.split('?')
  const query = new URLSearchParams(search)
  query.delete(prefix + name)
  for (const value of values) query.append(prefix + name, value)
  return `${path}?${query}`
}
