/** What every question about a thing is asked with: its whole name, and the page's time range. */

export type EntityScope = {
  from_ms: number
  to_ms: number
  cluster: string
  kind: string
  of_namespace: string
  name: string
}
