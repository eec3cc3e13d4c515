/** Completion in the console: methods, paths, names of pipelines, and what goes into a pipeline. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { completePipeline } from '../../ui/editor/complete-pipeline.ts'
import { knownPaths, methods } from './console-paths.ts'
import { readRequests } from './requests.ts'

type Names = () => readonly string[]

/** `pipelines` are the names that this server has. */
export function completeConsole(pipelines: Names) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos)
    const before = line.text.slice(0, context.pos - line.from)
    if (/^\s*[A-Za-z]*$/.test(before)) return methodChoices(context, before.trimStart())
    const [, method = '', typed = ''] = /^\s*(\w+)\s+(\S*)$/.exec(before) ?? []
    if ((methods as readonly string[]).includes(method.toUpperCase())) {
      return pathChoices(context.pos, method.toUpperCase(), typed, pipelines())
    }
    return bodyChoices(context)
  }
}

function methodChoices(context: CompletionContext, typed: string): CompletionResult | null {
  if (typed === '' && !context.explicit) return null
  const options = methods.map((label) => ({ label, apply: `${label} ` }))
  return { from: context.pos - typed.length, options, validFor: /^[A-Za-z]*$/ }
}

function pathChoices(
  pos: number,
  method: string,
  typed: string,
  pipelines: readonly string[],
): CompletionResult {
  const query_at = typed.indexOf('?')
  if (query_at >= 0) return queryChoices(pos, typed.slice(0, query_at), typed.slice(query_at + 1))
  const slash = typed.startsWith('/') ? '/' : ''
  const own = knownPaths.filter((one) => one.methods.split(' ').includes(method))
  const labels = own.flatMap(({ path }) => {
    const named = pipelines.map((name) => path.replace('{pipeline}', name))
    return path.includes('{pipeline}') ? [...named, path] : [path]
  })
  const options = labels.map((path): Completion => {
    const hole = path.indexOf('{')
    const label = slash + path
    return hole < 0 ? { label } : { label, apply: slash + path.slice(0, hole) }
  })
  return { from: pos - typed.length, options, validFor: /^[^\s?]*$/ }
}

function queryChoices(pos: number, path: string, typed: string): CompletionResult {
  const bare = path.replace(/^\//, '')
  const known = knownPaths.find((one) => likeKnown(one.path, bare))
  const words = known?.query?.split(' ') ?? []
  const part = typed.split('&').at(-1) ?? ''
  return { from: pos - part.length, options: words.map((label) => ({ label })) }
}

function likeKnown(known: string, path: string): boolean {
  const parts = known.split('/')
  const given = path.split('/')
  const isLike = (part: string, at: number) => part.startsWith('{') || part === given[at]
  return parts.length === given.length && parts.every(isLike)
}

function bodyChoices(context: CompletionContext): CompletionResult | null {
  const requests = readRequests(context.state.doc.toString())
  const request = requests.filter(({ head_to }) => head_to < context.pos).at(-1)
  if (request === undefined) return null
  const [path = ''] = request.path.split('?')
  if (path === '/_ingest/pipeline/_simulate') {
    return completePipeline(context, request.head_to, ['pipeline'])
  }
  const isDefinition = /^\/_ingest\/pipeline\/[^/]+$/.test(path)
  return isDefinition ? completePipeline(context, request.head_to) : null
}
