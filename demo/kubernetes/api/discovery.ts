/** What the API server serves, as clients ask for it: group by group, or all of it at once. */
import { apiVersionOf, type Kind, kinds, reviews } from './kinds.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const v1 = 'v1'

export const version = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.5',
  gitCommit: '93248f9ae092f571eb870b7664c534bfc7d00f03',
  gitTreeState: 'clean',
  buildDate: '2025-09-09T19:37:37Z',
  goVersion: 'go1.24.6',
  compiler: 'gc',
  platform: 'linux/amd64',
}

const groupNames = [
  ...new Set([...kinds.map(({ group }) => group), ...reviews.map(({ group }) => group)]),
].filter((group) => group !== '')

const versionOf = (group: string) => kinds.find((kind) => kind.group === group)?.version ?? v1

export function coreVersions(): object {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }]
  return { kind: 'APIVersions', versions: [v1], serverAddressByClientCIDRs }
}

function groupOf(name: string): Record<string, unknown> {
  const of = { groupVersion: `${name}/${versionOf(name)}`, version: versionOf(name) }
  return { name, versions: [of], preferredVersion: of }
}

type Groups = readonly string[]
const servedBut = (without: Groups) => groupNames.filter((group) => !without.includes(group))

export function groupList(without: Groups): object {
  return { kind: 'APIGroupList', apiVersion: v1, groups: servedBut(without).map(groupOf) }
}

/** `/apis/apps`; undefined for a group that is not served. */
export function oneGroup(name: string): object | undefined {
  if (!groupNames.includes(name)) return undefined
  return { kind: 'APIGroup', apiVersion: v1, ...groupOf(name) }
}

function resourceOf(kind: Kind): object[] {
  const { plural, namespaced, short, subresources } = kind
  const main = {
    name: plural,
    singularName: kind.kind.toLowerCase(),
    namespaced,
    kind: kind.kind,
    verbs,
    ...(short.length > 0 ? { shortNames: short } : {}),
  }
  const below = subresources.map((name) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind: kind.kind,
    verbs: name === 'log' ? ['get'] : ['get', 'patch', 'update'],
  }))
  return [main, ...below]
}

/** `/api/v1`, `/apis/apps/v1`; undefined for a version that is not served. */
export function resourceList(group: string, wanted: string): object | undefined {
  if (group !== '' && !groupNames.includes(group)) return undefined
  if (versionOf(group) !== wanted) return undefined
  const resources: object[] = kinds.filter((kind) => kind.group === group).flatMap(resourceOf)
  for (const { plural, kind } of reviews.filter((review) => review.group === group)) {
    const name = { name: plural, singularName: kind.toLowerCase() }
    resources.push({ ...name, namespaced: false, kind, verbs: ['create'] })
  }
  const groupVersion = apiVersionOf({ group, version: wanted })
  return { kind: 'APIResourceList', apiVersion: v1, groupVersion, resources }
}

/** Aggregated discovery (apidiscovery.k8s.io/v2): one answer instead of one for each group. */
export function aggregated(isCore: boolean, without: Groups): object {
  const items = (isCore ? [''] : servedBut(without)).map((group) => {
    const mine = kinds.filter((kind) => kind.group === group)
    const resources: object[] = mine.map((kind) => ({
      resource: kind.plural,
      responseKind: { group, version: kind.version, kind: kind.kind },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: kind.kind.toLowerCase(),
      ...(kind.short.length > 0 ? { shortNames: kind.short } : {}),
      verbs,
      subresources: kind.subresources.map((subresource) => ({
        subresource,
        responseKind: { group, version: kind.version, kind: kind.kind },
        verbs: ['get', 'patch', 'update'],
      })),
    }))
    for (const { plural, kind } of reviews.filter((review) => review.group === group)) {
      const about = { resource: plural, scope: 'Cluster', singularResource: kind.toLowerCase() }
      resources.push({ ...about, responseKind: { group, version: v1, kind }, verbs: ['create'] })
    }
    const versions = [{ version: versionOf(group), resources, freshness: 'Current' }]
    return { metadata: { name: group, creationTimestamp: null }, versions }
  })
  const apiVersion = 'apidiscovery.k8s.io/v2'
  return { kind: 'APIGroupDiscoveryList', apiVersion, metadata: {}, items }
}

export function isAggregatedAsked(accept: string): boolean {
  return /application\/json;g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList/.test(accept)
}
