/** Where a pipeline is edited, and where what pipelines dropped or failed on is read. */
import { href } from '../../ui/url/location.ts'

/** Drops and failures are records themselves. */
export const refusedSearch = 'event_name:crowsnest.ingest.*'

export function addressOf(name: string, query: Record<string, string> = {}): string {
  return href(`/pipelines/${encodeURIComponent(name)}`, query)
}
