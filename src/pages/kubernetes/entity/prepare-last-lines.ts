/** Where the last lines of a container that ended are: the time before, and its own records. */
import { quoted, searchFor } from '../../../ui/search/edit.ts'
import type { Query } from '../../../ui/url/location.ts'

const before_ms = 10 * 60_000
/** Lines are read some moments after they were written. */
const after_ms = 5_000

type Pod = { cluster: string; namespace: string; name: string; uid: string }

export function lastLines(pod: Pod, container: string, time_ms: number): Query {
  const { cluster, namespace, name, uid } = pod
  const own = uid === '' ? searchFor('pod', name) : searchFor('kubernetes.pod.uid', uid)
  return {
    cluster,
    namespace,
    from: String(time_ms - before_ms),
    to: String(time_ms + after_ms),
    search: `${own} container:${quoted(container)}`,
  }
}
