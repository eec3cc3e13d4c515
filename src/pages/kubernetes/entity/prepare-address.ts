/** The one address of a thing: an address that said less of it is replaced by it. */
import type { EntityPlace } from '../contract-entity.ts'
import { objectPath } from '../object-path.ts'

/** undefined when the present address says it all. */
export function canonicalAddress(
  { cluster, kind, namespace, name }: EntityPlace,
  present: { pathname: string; search: string } = window.location,
): string | undefined {
  const query = new URLSearchParams(present.search)
  const path = objectPath(kind, namespace, name)
  if (path === present.pathname && (query.get('cluster') ?? '') === cluster) return undefined
  if (cluster !== '') query.set('cluster', cluster)
  const next = `${path}?${query}`
  return next === present.pathname + present.search ? undefined : next.replace(/\?$/, '')
}
