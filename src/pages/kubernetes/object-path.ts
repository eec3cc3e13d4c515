/** Where an object has its page. Cluster-wide objects have `-` where others have a namespace. */

export function objectPath(kind: string, namespace: string, name: string): string {
  const parts = [kind.toLowerCase(), namespace || '-', name].map(encodeURIComponent)
  return `/kubernetes/entity/${parts.join('/')}`
}
