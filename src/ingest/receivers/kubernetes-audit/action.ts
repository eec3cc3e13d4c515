/**
 * What a request did to which object, as words in two forms: done, and wished for. Who did it and
 * what came of it is sentence.ts.
 */

import { listAt, objectAt, wordAt } from '../security/sent.ts'
import { type AuditFacts, objectOf } from './facts.ts'
import { isClusterWide, isNamespaced, singular, withArticle } from './resource-words.ts'

/** `listed` and `list`; what follows is the same in both. */
export type Action = { done: string; wish: string; rest: string }

const verbs: Readonly<Record<string, readonly [done: string, wish: string]>> = {
  get: ['read', 'read'],
  list: ['listed', 'list'],
  watch: ['watched', 'watch'],
  create: ['created', 'create'],
  update: ['updated', 'update'],
  patch: ['patched', 'patch'],
  delete: ['deleted', 'delete'],
  deletecollection: ['deleted all', 'delete all'],
}

export function actionOf(facts: AuditFacts): Action {
  if (facts.resource === '') return ofPath(facts)
  if (facts.subresource !== '') return onPart(facts)
  return askedForRights(facts) ?? onObject(facts)
}

function act(done: string, wish: string, rest: string): Action {
  return { done, wish, rest }
}

function ofPath({ uri, verb }: AuditFacts): Action {
  const path = uri.split('?', 1)[0] || 'a path'
  const how = verb === 'get' || verb === '' ? '' : ` (${verb})`
  return act('requested', 'request', `${path}${how}`)
}

function verbOf(verb: string): readonly [string, string] {
  if (Object.hasOwn(verbs, verb)) return verbs[verb]!
  return [`did ${verb || 'something'} on`, `do ${verb || 'something'} on`]
}

function onObject(facts: AuditFacts): Action {
  const { verb, resource, name, namespace } = facts
  const [done, wish] = verbOf(verb)
  if (name !== '') return act(done, wish, objectOf(facts))
  const isMany = verb === 'list' || verb === 'watch' || verb === 'deletecollection'
  const what = isMany ? resource : withArticle(singular(resource))
  return act(done, wish, `${what}${whereOf(resource, namespace, isMany)}`)
}

function whereOf(resource: string, namespace: string, isMany: boolean): string {
  if (isClusterWide(resource)) return ''
  if (namespace !== '') return ` in ${namespace}`
  return isMany && isNamespaced(resource) ? ' in all namespaces' : ''
}

/** Reviews are objects only in form: they ask for something. */
function askedForRights(facts: AuditFacts): Action | undefined {
  const { resource, verb, request } = facts
  if (verb !== 'create') return undefined
  const spec = objectAt(request, 'spec')
  if (resource === 'selfsubjectaccessreviews') {
    return act('asked whether it may', 'ask whether it may', rightOf(facts))
  }
  if (resource === 'subjectaccessreviews' || resource === 'localsubjectaccessreviews') {
    const user = wordAt(spec, 'user') || 'somebody'
    return act('asked whether', 'ask whether', `${user} may ${rightOf(facts)}`)
  }
  if (resource === 'selfsubjectrulesreviews') {
    const namespace = wordAt(spec, 'namespace')
    return act('asked for', 'ask for', `its own rights${namespace && ` in ${namespace}`}`)
  }
  if (resource === 'selfsubjectreviews') return act('asked', 'ask', 'who it is')
  if (resource === 'tokenreviews') return act('had a token', 'have a token', 'checked')
  return undefined
}

function rightOf({ request }: AuditFacts): string {
  const about = objectAt(request, 'spec', 'resourceAttributes')
  const path = objectAt(request, 'spec', 'nonResourceAttributes')
  const verb = wordAt(about, 'verb') || wordAt(path, 'verb')
  const [, wish] = Object.hasOwn(verbs, verb) ? verbs[verb]! : ['', verb || 'do something']
  const target = wordAt(path, 'path') || wordAt(about, 'resource')
  const part = wordAt(about, 'subresource')
  const namespace = wordAt(about, 'namespace')
  const what = part === '' ? target : `${target}/${part}`
  return `${wish}${what && ` ${what}`}${namespace && ` in ${namespace}`}`
}

type Part = (facts: AuditFacts, object: string) => Action | undefined

const parts: Readonly<Record<string, Part>> = {
  exec: execIn,
  attach: (facts, object) => act('attached to', 'attach to', `${object}${containerOf(facts)}`),
  portforward: (_facts, object) => act('forwarded ports of', 'forward ports of', object),
  proxy: (_facts, object) => act('reached through (proxy)', 'reach through (proxy)', object),
  log: (facts, object) =>
    act('read the log of', 'read the log of', `${object}${containerOf(facts)}`),
  eviction: (_facts, object) => act('evicted', 'evict', object),
  ephemeralcontainers: ({ verb }, object) =>
    verb === 'get'
      ? undefined
      : act('added a debug container to', 'add a debug container to', object),
  binding: ({ request }, object) => {
    const node = wordAt(objectAt(request, 'target'), 'name')
    return act('scheduled', 'schedule', `${object}${node && ` on node ${node}`}`)
  },
  scale: ({ verb, request }, object) => {
    if (verb === 'get') return undefined
    const replicas = wordAt(objectAt(request, 'spec'), 'replicas')
    return act('scaled', 'scale', `${object}${replicas && ` to ${replicas}`}`)
  },
  token: (_facts, object) => act('requested a token for', 'request a token for', object),
  approval: ({ request }, object) => {
    const conditions = listAt(objectAt(request, 'status'), 'conditions')
    const isDenied = conditions.some((one) => (one as { type?: unknown } | null)?.type === 'Denied')
    return isDenied ? act('denied', 'deny', object) : act('approved', 'approve', object)
  },
  finalize: (_facts, object) => act('finalized', 'finalize', object),
}

function onPart(facts: AuditFacts): Action {
  const { subresource, verb, resource, name, namespace } = facts
  const object =
    name === ''
      ? `${withArticle(singular(resource))}${namespace && ` in ${namespace}`}`
      : objectOf(facts)
  const part = Object.hasOwn(parts, subresource) ? parts[subresource] : undefined
  const known = part?.(facts, object)
  if (known !== undefined) return known
  const [done, wish] = verbOf(verb)
  return act(done, wish, `the ${subresource} of ${object}`)
}

const shells =
  /^(?:\/\S*\/)?(?:sh|bash|ash|dash|zsh|ksh|fish|csh|tcsh|pwsh|powershell|cmd)(?:\.exe)?$/

/** A shell that is given its script only runs that. */
function execIn(facts: AuditFacts, object: string): Action {
  const command = facts.query.getAll('command')
  const where = `${object}${containerOf(facts)}`
  const isShell = command.length === 0 || shells.test(command[0]!)
  const isScript = command.some((word) => /^-\w*c$/.test(word))
  const said = command.join(' ').slice(0, 200)
  if (isShell && !isScript) {
    return act('opened a shell (exec) in', 'open a shell (exec) in', where)
  }
  return act(`ran "${said}" (exec) in`, `run "${said}" (exec) in`, where)
}

function containerOf({ query }: AuditFacts): string {
  const container = query.get('container') ?? ''
  return container && ` container ${container}`
}
