/** Searches parse and say what they should; addresses say the whole name; owners in their order. */
import { describe, expect, it } from 'vitest'
import { parse } from '../../../model/search/parse.ts'
import { canonicalAddress } from './prepare-address.ts'
import { chainOf } from './prepare-chain.ts'
import { happeningsSearch, type Named, podsSearch, telemetrySearch } from './prepare-searches.ts'

const thing = (kind: string, rest: Partial<Named> = {}): Named => ({
  kind,
  namespace: 'shop',
  name: 'cart',
  uid: '',
  node: '',
  owner_kind: '',
  owner_name: '',
  workload_kind: '',
  workload: '',
  serves: [],
  ...rest,
})
const pod = thing('Pod', {
  name: 'cart-1',
  uid: 'u-1',
  node: 'n-1',
  owner_kind: 'ReplicaSet',
  owner_name: 'cart-6d',
  workload_kind: 'Deployment',
  workload: 'cart',
})
const deployment = thing('Deployment', { workload_kind: 'Deployment', workload: 'cart' })
const job = thing('Job', { name: 'sweep-7', workload_kind: 'CronJob', workload: 'sweep' })
const service = thing('Service', { serves: ['cart', 'cart "2"'] })
const node = thing('Node', { namespace: '', name: 'n-1' })

describe('searches', () => {
  const f = (made: string, expected: string) =>
    it(expected || 'everything', () => {
      expect(made).toBe(expected)
      parse(made)
    })
  f(telemetrySearch(pod), 'kubernetes.pod.uid:u-1')
  f(telemetrySearch(pod, 'app'), 'kubernetes.pod.uid:u-1 and container:"app"')
  f(telemetrySearch({ ...pod, uid: '' }), 'namespace:"shop" and pod:"cart-1"')
  f(telemetrySearch(deployment), 'namespace:"shop" and workload:"cart"')
  f(telemetrySearch(job), 'namespace:"shop" and k8s.job.name:"sweep-7"')
  f(telemetrySearch(service), 'namespace:"shop" and workload:("cart" or "cart \\"2\\"")')
  f(telemetrySearch(thing('Cluster')), '')
  f(podsSearch(deployment), 'namespace:"shop" and workload_kind:"Deployment" and workload:"cart"')
  f(podsSearch(job), 'namespace:"shop" and owner_kind:"Job" and owner_name:"sweep-7"')
  f(podsSearch(node), 'node:"n-1"')
  f(happeningsSearch(node), '(node:"n-1") or (kind:"Node" and name:"n-1")')
  f(
    happeningsSearch(pod),
    '(kind:"Pod" and namespace:"shop" and name:"cart-1") or ' +
      '(kind:"Deployment" and namespace:"shop" and name:"cart") or (kind:"Node" and name:"n-1")',
  )
  f(
    happeningsSearch(service),
    'namespace:"shop" and ((kind:"Service" and namespace:"shop" and name:"cart") or ' +
      '(kind:"EndpointSlice" and owner_name:"cart"))',
  )
})

describe('the way from the cluster down', () => {
  const f = (title: string, entity: Named, expected: string[]) =>
    it(title, () => {
      const chain = chainOf({ ...entity, cluster: 'eu' })
      expect(chain.map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected)
    })
  const place = ['Cluster eu', 'Namespace shop']
  f('of a pod', pod, [...place, 'Deployment cart', 'ReplicaSet cart-6d'])
  f('of a deployment', deployment, place)
  f('of a node', node, ['Cluster eu'])
  f('of a pod that a node runs by itself', { ...pod, owner_kind: 'Node', owner_name: 'n-1' }, [
    ...place,
    'Deployment cart',
  ])
})

describe('addresses', () => {
  const f = (pathname: string, search: string, expected: string | undefined) =>
    it(pathname + search, () => {
      const place = { cluster: 'eu', kind: 'Pod', namespace: 'shop', name: 'a' }
      expect(canonicalAddress(place, { pathname, search })).toBe(expected)
    })
  const whole = '/kubernetes/entity/pod/shop/a'
  f(whole, '?cluster=eu&from=now-1h', undefined)
  f(whole, '?from=now-1h', `${whole}?from=now-1h&cluster=eu`)
  f('/kubernetes/entity/pod/-/a', '?cluster=eu', `${whole}?cluster=eu`)
})
