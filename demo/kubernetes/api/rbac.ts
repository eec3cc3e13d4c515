/**
 * Who may do what: (Cluster)Roles and their bindings, read from the store as they are now. Every
 * permission that was used and every denial is recorded, for the test that a manifest is exact.
 */

import type { ObjectStore } from './object-store.ts'
import type { KubeObject } from './objects.ts'
import type { User } from './tokens.ts'

export type PolicyRule = {
  verbs: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
}

export type Permission = {
  verb: string
  resource: string
  group: string
  subresource: string
  nonResourceURL: string
}
export type Asked = Partial<Permission> & { verb: string; namespace?: string; name?: string }
export type Recorded = Permission & { user: string }

type Subject = { kind: string; name: string; namespace?: string }
type Binding = KubeObject & { roleRef: { kind: string; name: string }; subjects?: Subject[] }

/** What everybody who is known may do. */
const discovery: PolicyRule = {
  verbs: ['get'],
  nonResourceURLs: [
    '/api',
    '/api/*',
    '/apis',
    '/apis/*',
    '/healthz',
    '/livez',
    '/openapi/*',
  ].concat(['/readyz', '/version', '/version/', '/openapi']),
}
const selfReview: PolicyRule = {
  verbs: ['create'],
  apiGroups: ['authorization.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
}

export class Authoriser {
  readonly #store: ObjectStore
  readonly #used = new Map<string, Recorded>()
  readonly #denied = new Map<string, Recorded>()

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** Decides and records. */
  allows(user: User, asked: Asked): boolean {
    const isAllowed = this.decide(user, asked)
    const permission = permissionOf(asked)
    if (isAllowed && matches(discovery, asked)) return true
    const recorded = { ...permission, user: user.username }
    const records = isAllowed ? this.#used : this.#denied
    records.set(JSON.stringify(recorded), recorded)
    return isAllowed
  }

  /** Decides for a question about somebody: nothing is used by it. */
  decide(user: User, asked: Asked): boolean {
    // Nobody reads secrets here, the administrator neither: nothing of ours may ever need them.
    if (asked.resource === 'secrets') return false
    if (user.groups.includes('system:masters')) return true
    if (matches(discovery, asked) || matches(selfReview, asked)) return true
    return this.#rulesOf(user, asked.namespace).some((rule) => matches(rule, asked))
  }

  used(): Recorded[] {
    return [...this.#used.values()]
  }

  denied(): Recorded[] {
    return [...this.#denied.values()]
  }

  #rulesOf(user: User, namespace: string | undefined): PolicyRule[] {
    const rules: PolicyRule[] = []
    const everywhere = this.#store.list<Binding>('ClusterRoleBinding')
    const here = this.#store
      .list<Binding>('RoleBinding')
      .filter(({ metadata }) => metadata.namespace === namespace && namespace !== undefined)
    for (const binding of [...everywhere, ...here]) {
      if (!(binding.subjects ?? []).some((subject) => isSubject(subject, user))) continue
      const { kind, name } = binding.roleRef
      const role = this.#store.get(kind, name, kind === 'Role' ? namespace : undefined)
      rules.push(...((role?.rules as PolicyRule[] | undefined) ?? []))
    }
    return rules
  }
}

function isSubject({ kind, name, namespace }: Subject, user: User): boolean {
  if (kind === 'ServiceAccount')
    return user.username === `system:serviceaccount:${namespace}:${name}`
  return kind === 'Group' ? user.groups.includes(name) : user.username === name
}

function matches(rule: PolicyRule, asked: Asked): boolean {
  const has = (list: string[] | undefined, value: string) =>
    list?.includes('*') === true || list?.includes(value) === true
  if (!has(rule.verbs, asked.verb)) return false
  const { nonResourceURL = '' } = asked
  if (nonResourceURL !== '') {
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? nonResourceURL.startsWith(url.slice(0, -1)) : url === nonResourceURL,
    )
  }
  const { group = '', resource = '', subresource = '', name = '' } = asked
  const path = subresource === '' ? resource : `${resource}/${subresource}`
  if (!has(rule.apiGroups, group) || !has(rule.resources, path)) return false
  return rule.resourceNames === undefined || rule.resourceNames.includes(name)
}

function permissionOf(asked: Asked): Permission {
  const { verb, resource = '', group = '', subresource = '', nonResourceURL = '' } = asked
  return { verb, resource, group, subresource, nonResourceURL }
}

/** `pods is forbidden: User "…" cannot list resource "pods" in API group "" at …`. */
export function forbidden(user: User, asked: Asked): string {
  const { verb, resource = '', subresource = '', group = '', namespace, nonResourceURL } = asked
  const who = `User "${user.username}" cannot ${verb}`
  if (nonResourceURL) return `forbidden: ${who} path "${nonResourceURL}"`
  const path = subresource === '' ? resource : `${resource}/${subresource}`
  const what = asked.name ? `${path} "${asked.name}"` : path
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const plural = group === '' ? what : what.replace(path, `${path}.${group}`)
  return `${plural} is forbidden: ${who} resource "${path}" in API group "${group}" ${where}`
}
