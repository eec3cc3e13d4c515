/**
 * The rights of the chart are those that are used: full agents and the server run in clusters whose
 * RBAC is the rendered chart's, in every setting that asks for something else. None are missing,
 * none are left over.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  agentAccount,
  clusterAgentAccount,
  defaultRoles,
  serverAccount,
} from '../../demo/kubernetes/api/agent-roles.ts'
import type { NewObject } from '../../demo/kubernetes/api/objects.ts'
import type { PolicyRule } from '../../demo/kubernetes/api/rbac.ts'
import { audience, tokenReview } from '../../src/fleet/token-review.ts'
import { clusterList } from '../../src/pages/kubernetes/contract.ts'
import { plainManifests } from '../../tools/helm/plain.ts'
import { missingEvents } from './demo-counts.ts'
import { DemoRig, untilNothing } from './demo-rig.ts'

const kinds = ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']
const rbac = plainManifests().filter(({ kind }) => kinds.includes(kind)) as unknown as NewObject[]
const accounts = [agentAccount, clusterAgentAccount, serverAccount]
const userOf = (account: string) => `system:serviceaccount:${account}`

let rig: DemoRig
beforeAll(async () => {
  // One with kube-state-metrics and all APIs, one with neither those metrics nor the newer APIs.
  const without = ['events.k8s.io', 'monitoring.coreos.com']
  const bare = { rbac, nodes: ['node-1'], ksm: false, without }
  rig = await DemoRig.open({ demo: { rbac }, bare })
  rig.startAgents()
}, 90_000)
afterAll(() => rig?.close(), 30_000)

/** `list pods`, `get nodes/stats`, `get /metrics`. */
function granted(account: string): Set<string> {
  const [, name] = account.split(':')
  const role = rbac.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name)
  const said = new Set<string>()
  for (const rule of role!.rules as PolicyRule[]) {
    const { apiGroups = [], resources = [], nonResourceURLs = [] } = rule
    for (const verb of rule.verbs) {
      for (const url of nonResourceURLs) said.add(`${verb} ${url}`)
      for (const group of apiGroups)
        for (const resource of resources) said.add(`${verb} ${resource}${group && `.${group}`}`)
    }
  }
  return said
}

type Kept = 'used' | 'denied'
function recorded(which: Kept, account: string): Set<string> {
  const all = rig.clusters.flatMap(({ kubernetes }) => kubernetes[which]())
  const mine = all.filter(({ user }) => user === userOf(account))
  return new Set(
    mine.map(({ verb, resource, subresource, group, nonResourceURL }) => {
      if (nonResourceURL !== '') return `${verb} ${nonResourceURL}`
      const path = subresource === '' ? resource : `${resource}/${subresource}`
      return `${verb} ${path}${group && `.${group}`}`
    }),
  )
}

test('the server may ask whose token an agent shows', async () => {
  const kubernetes = rig.kubernetes('demo')
  const review = tokenReview({
    url: kubernetes.url,
    ca_file: '',
    token_file: kubernetes.tokenFile(serverAccount, join(rig.dir, 'server.token')),
    service_accounts: ['crowsnest/crowsnest-agent'],
  })
  const token = kubernetes.token(agentAccount, { audience, node: 'worker-a' })
  await expect(review(token)).resolves.toBeDefined()
})

test('every right that is granted is used, and nothing else is asked for', async () => {
  await untilNothing(async () => {
    const overview = await rig.ask(clusterList, {})
    return overview.cluster.length === 2 ? [] : ['the clusters are not told of yet']
  })
  await untilNothing(async () =>
    accounts.flatMap((account) => {
      const used = recorded('used', account)
      return [...granted(account)]
        .filter((right) => !used.has(right))
        .map((right) => `${account} is granted "${right}" and has not used it`)
    }),
  )
  await untilNothing(() => missingEvents(rig, 'bare', '/api/v1/events'))
  for (const account of accounts) expect([...recorded('denied', account)], account).toEqual([])
  for (const account of accounts) {
    expect([...recorded('used', account)].sort(), account).toEqual([...granted(account)].sort())
  }
}, 300_000)

test('the roles that the demo brings along are the same', () => {
  const rulesOf = (objects: readonly NewObject[]) =>
    objects
      .filter(({ kind }) => kind === 'ClusterRole')
      .map(({ metadata, rules }) => {
        const sorted = (rules as PolicyRule[]).map((rule) =>
          Object.fromEntries(Object.entries(rule).map(([key, words]) => [key, words.toSorted()])),
        )
        return [metadata.name, sorted]
      })
      .toSorted()
  expect(rulesOf(defaultRoles())).toEqual(rulesOf(rbac))
})

test('no secrets, no way into containers, nothing is written', () => {
  const rights = accounts.flatMap((account) => [...granted(account)])
  const wrong = rights.filter((right) => {
    const [verb = '', what = ''] = right.split(' ')
    const isReview = right === 'create tokenreviews.authentication.k8s.io'
    const reads = ['get', 'list', 'watch'].includes(verb)
    return /secrets|proxy|exec|attach|portforward|\*/.test(what) || !(reads || isReview)
  })
  expect(wrong).toEqual([])
})
