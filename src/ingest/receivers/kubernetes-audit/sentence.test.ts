/** What audit events say as sentences: a table of requests and what is read in Logs. */
import { describe, expect, it } from 'vitest'
import { auditEvent } from '../../../../test/ingest/audit-samples.ts'
import { factsOf } from './facts.ts'
import { auditSentence } from './sentence.ts'

type Members = Record<string, unknown>
const from = 'from 192.168.49.1 (kubectl)'
const forbidden = {
  responseStatus: { code: 403, reason: 'Forbidden', message: 'it is forbidden' },
  annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
}
const status = (code: number, more: Members = {}) => ({ responseStatus: { code, ...more } })
const user = (username: string) => ({ user: { username } })
const on = (resource: string, name = '', namespace = 'shop', more: Members = {}) => ({
  objectRef: { resource, name, namespace, apiVersion: 'v1', ...more },
})
const part = (resource: string, subresource: string, name: string) =>
  on(resource, name, 'shop', { subresource })

function f(said: string, ...members: Members[]) {
  it(said, () => {
    const facts = factsOf(Object.assign(auditEvent(), ...members))
    expect(facts && auditSentence(facts)).toBe(said)
  })
}

describe('who did what to which object', () => {
  f(`minikube-user listed secrets in default ${from}: allowed`)
  f(`minikube-user asked to list secrets in default ${from}`, {
    ...{ stage: 'RequestReceived', responseStatus: undefined, annotations: undefined },
  })
  f(`ann read pod shop/cart-1 ${from}: allowed`, user('ann'), { verb: 'get' }, on('pods', 'cart-1'))
  f(`ann listed pods in all namespaces ${from}: allowed`, user('ann'), on('pods', '', ''))
  f(`ann listed nodes ${from}: allowed`, user('ann'), on('nodes', '', ''))
  f(`ann listed widgets ${from}: allowed`, user('ann'), on('widgets', '', ''))
  f(`ann read node n1 ${from}: allowed`, user('ann'), { verb: 'get' }, on('nodes', 'n1', ''))
  f(
    `ann read namespace shop ${from}: allowed`,
    user('ann'),
    { verb: 'get' },
    on('namespaces', 'shop'),
  )
  f(
    `ann created a config map in shop ${from}: allowed`,
    user('ann'),
    { verb: 'create' },
    on('configmaps'),
  )
  f(`ann created pod shop/cart-x9 ${from}: allowed`, user('ann'), on('pods'), {
    ...{ verb: 'create', responseObject: { kind: 'Pod', metadata: { name: 'cart-x9' } } },
  })
  f(
    `ann updated deployment shop/cart ${from}: allowed`,
    user('ann'),
    { verb: 'update' },
    on('deployments', 'cart'),
  )
  f(
    `ann patched network policy shop/deny ${from}: allowed`,
    user('ann'),
    { verb: 'patch' },
    on('networkpolicies', 'deny'),
  )
  f(
    `ann deleted ingress shop/web ${from}: allowed`,
    user('ann'),
    { verb: 'delete' },
    on('ingresses', 'web'),
  )
  f(
    `ann deleted all pods in shop ${from}: allowed`,
    user('ann'),
    { verb: 'deletecollection' },
    on('pods'),
  )
  f(
    `ann watched endpoints in shop ${from}: allowed`,
    user('ann'),
    { verb: 'watch' },
    on('endpoints'),
  )
  f(`ann began to watch pods in shop ${from}: allowed`, user('ann'), on('pods'), {
    ...{ verb: 'watch', stage: 'ResponseStarted' },
  })
  f(
    `ann did frobnicate on pod shop/p ${from}: allowed`,
    user('ann'),
    { verb: 'frobnicate' },
    on('pods', 'p'),
  )
  f(
    `ann deleted cluster role binding root ${from}: allowed`,
    user('ann'),
    { verb: 'delete' },
    on('clusterrolebindings', 'root', ''),
  )
})

describe('parts of objects', () => {
  const exec = (query: string) => ({
    verb: 'create',
    requestURI: `/api/v1/namespaces/shop/pods/cart-1/exec?${query}`,
    ...part('pods', 'exec', 'cart-1'),
    ...status(101),
  })
  f(
    `alice opened a shell (exec) in pod shop/cart-1 container cart ${from}: allowed`,
    user('alice'),
    exec('command=sh&container=cart&stdin=true&tty=true'),
  )
  f(
    `alice opened a shell (exec) in pod shop/cart-1 ${from}: allowed`,
    user('alice'),
    exec('command=%2Fbin%2Fbash'),
  )
  f(
    `alice ran "cat /etc/shadow" (exec) in pod shop/cart-1 container cart ${from}: allowed`,
    user('alice'),
    exec('command=cat&command=%2Fetc%2Fshadow&container=cart'),
  )
  f(
    `alice ran "sh -c id" (exec) in pod shop/cart-1 ${from}: allowed`,
    user('alice'),
    exec('command=sh&command=-c&command=id'),
  )
  f(
    `alice tried to open a shell (exec) in pod shop/cart-1 container cart ${from}: ` +
      'denied (403), it is forbidden',
    user('alice'),
    exec('command=sh&container=cart'),
    forbidden,
  )
  f(
    `ann attached to pod shop/p container c ${from}: allowed`,
    user('ann'),
    part('pods', 'attach', 'p'),
    { requestURI: '/x?container=c', verb: 'create' },
  )
  f(
    `ann forwarded ports of pod shop/p ${from}: allowed`,
    user('ann'),
    part('pods', 'portforward', 'p'),
    { verb: 'create' },
  )
  f(`ann read the log of pod shop/p ${from}: allowed`, user('ann'), part('pods', 'log', 'p'), {
    verb: 'get',
  })
  f(`ann evicted pod shop/p ${from}: allowed`, user('ann'), part('pods', 'eviction', 'p'), {
    verb: 'create',
  })
  f(
    `ann added a debug container to pod shop/p ${from}: allowed`,
    user('ann'),
    part('pods', 'ephemeralcontainers', 'p'),
    { verb: 'patch' },
  )
  f(
    `kube-scheduler scheduled pod shop/p on node n2 ${from}: allowed`,
    user('system:kube-scheduler'),
    part('pods', 'binding', 'p'),
    { verb: 'create', requestObject: { target: { name: 'n2' } } },
  )
  f(
    `ann scaled deployment shop/cart to 3 ${from}: allowed`,
    user('ann'),
    part('deployments', 'scale', 'cart'),
    { verb: 'patch', requestObject: { spec: { replicas: 3 } } },
  )
  f(
    `ann read the scale of deployment shop/cart ${from}: allowed`,
    user('ann'),
    part('deployments', 'scale', 'cart'),
    { verb: 'get' },
  )
  f(
    `node n1 patched the status of pod shop/p ${from}: allowed`,
    user('system:node:n1'),
    part('pods', 'status', 'p'),
    { verb: 'patch' },
  )
  f(
    `node n1 requested a token for service account shop/cart ${from}: allowed`,
    user('system:node:n1'),
    part('serviceaccounts', 'token', 'cart'),
    { verb: 'create' },
  )
  f(
    `ann reached through (proxy) node n1 ${from}: allowed`,
    user('ann'),
    on('nodes', 'n1', '', { subresource: 'proxy' }),
    { verb: 'get' },
  )
  f(
    `ann approved certificate signing request c ${from}: allowed`,
    user('ann'),
    on('certificatesigningrequests', 'c', '', { subresource: 'approval' }),
    { verb: 'update' },
  )
  f(
    `ann denied certificate signing request c ${from}: allowed`,
    user('ann'),
    on('certificatesigningrequests', 'c', '', { subresource: 'approval' }),
    { verb: 'update', requestObject: { status: { conditions: [{ type: 'Denied' }] } } },
  )
})

describe('questions about rights', () => {
  const create = (resource: string, spec: Members) => ({
    ...{ verb: 'create', ...on(resource, '', ''), requestObject: { kind: 'X', spec } },
  })
  f(
    `ann asked whether it may list secrets in kube-system ${from}: allowed`,
    user('ann'),
    create('selfsubjectaccessreviews', {
      resourceAttributes: { verb: 'list', resource: 'secrets', namespace: 'kube-system' },
    }),
  )
  f(
    `ann asked whether it may read /metrics ${from}: allowed`,
    user('ann'),
    create('selfsubjectaccessreviews', {
      nonResourceAttributes: { verb: 'get', path: '/metrics' },
    }),
  )
  f(
    `ann asked whether bob may create pods/exec in shop ${from}: allowed`,
    user('ann'),
    create('subjectaccessreviews', {
      user: 'bob',
      resourceAttributes: {
        verb: 'create',
        resource: 'pods',
        subresource: 'exec',
        namespace: 'shop',
      },
    }),
  )
  f(
    `ann asked for its own rights in shop ${from}: allowed`,
    user('ann'),
    create('selfsubjectrulesreviews', { namespace: 'shop' }),
  )
  f(`ann had a token checked ${from}: allowed`, user('ann'), create('tokenreviews', {}))
})

describe('who it was, and what came of it', () => {
  const path = { objectRef: undefined, verb: 'get', requestURI: '/version?x=1' }
  f(`somebody anonymous requested /version ${from}: allowed`, user('system:anonymous'), path)
  f(
    `somebody anonymous tried to request /api ${from}: denied, not authenticated (401)`,
    user('system:anonymous'),
    { ...path, requestURI: '/api', ...status(401) },
  )
  f(`ann requested /x (post) ${from}: allowed`, user('ann'), {
    ...path,
    requestURI: '/x',
    verb: 'post',
  })
  f(`ann, impersonating system:admin, listed secrets in default ${from}: allowed`, user('ann'), {
    impersonatedUser: { username: 'system:admin' },
  })
  f(
    `service account shop/cart tried to list secrets in default ${from}: ` +
      'denied (403), it is forbidden',
    user('system:serviceaccount:shop:cart'),
    forbidden,
  )
  f(
    `ann tried to list secrets in default ${from}: denied (403), RBAC says no`,
    user('ann'),
    forbidden,
    {
      annotations: {
        'authorization.k8s.io/decision': 'forbid',
        'authorization.k8s.io/reason': 'RBAC says no',
      },
    },
  )
  f(
    `ann tried to create a pod in shop ${from}: denied (403), violates PodSecurity`,
    user('ann'),
    { verb: 'create' },
    on('pods'),
    status(403, { message: 'violates PodSecurity' }),
  )
  f(
    `ann tried to read secret shop/db ${from}: failed, not found (404)`,
    user('ann'),
    { verb: 'get' },
    on('secrets', 'db'),
    status(404),
  )
  f(
    `ann tried to update lease shop/l ${from}: failed, conflict (409)`,
    user('ann'),
    { verb: 'update' },
    on('leases', 'l'),
    status(409),
  )
  f(
    `ann tried to list secrets in default ${from}: failed, InternalError (500)`,
    user('ann'),
    status(500, { reason: 'InternalError' }),
  )
  f(`ann tried to list secrets in default ${from}: the API server panicked`, user('ann'), {
    stage: 'Panic',
  })
  f('minikube-user listed secrets in default from 10.0.0.1 (kubectl): allowed', {
    sourceIPs: ['6.6.6.6', '10.0.0.1'],
  })
  f('ann listed secrets in default from 10.0.0.1 (browser): allowed', user('ann'), {
    sourceIPs: ['10.0.0.1'],
    userAgent: 'Mozilla/5.0 (X11)',
  })
  f('somebody listed secrets in default: allowed', {
    user: undefined,
    sourceIPs: undefined,
    userAgent: undefined,
  })
})
