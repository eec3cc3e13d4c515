/** A refusal of the API server in words that a person can act on: the rule that is missing. */

export class ApiError extends Error {
  readonly status: number
  /** `get, list, watch on deployments.apps`; empty unless the server said 401 or 403. */
  readonly rule: string

  constructor(status: number, message: string, rule = '') {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.rule = rule
  }
}

/** What an answer with this status means for this path. `said` is the server's own sentence. */
export function apiError(status: number, path: string, said: string): ApiError {
  const rule = status === 401 || status === 403 ? ruleOf(path) : ''
  if (status === 401) {
    const hint = 'the token is not accepted: check the ServiceAccount and its projected token'
    return new ApiError(status, `${hint} (${path})`, rule)
  }
  if (status === 403) {
    return new ApiError(status, `needs ${rule}: add it to the agent's ClusterRole`, rule)
  }
  const detail = said === '' ? '' : `: ${said.slice(0, 300)}`
  return new ApiError(status, `${path} answered ${status}${detail}`)
}

/** The words of a Role for a path: `get, list, watch on deployments.apps`. */
export function ruleOf(path: string): string {
  const plain = path.split('?', 1)[0]!
  const core = /^\/api\/v1\/(.+)$/.exec(plain)
  const grouped = /^\/apis\/([^/]+)\/[^/]+\/(.+)$/.exec(plain)
  if (core === null && grouped === null) return `get on the URL ${plain}`
  const parts = (core?.[1] ?? grouped![2]!).split('/')
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts
  const [resource = '', , subresource] = inNamespace
  const group = core === null ? `.${grouped![1]}` : ''
  if (subresource !== undefined) return `get on ${resource}/${subresource}${group}`
  return `get, list, watch on ${resource}${group}`
}
