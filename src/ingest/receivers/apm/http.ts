/** The paths of the APM server's protocol, and who may use them without a token. */
import { Fault } from '../../../model/faults.ts'
import type { HttpCall, HttpHead, HttpReply, HttpService } from '../../receiver.ts'
import { answerConfig } from './answer-config.ts'
import { empty, json, refusedReply, unknownPath } from './answers.ts'
import { RateLimit } from './rate-limit.ts'
import { type IntakeKind, readIntake } from './read-intake.ts'

/** Agents switch features on by it. */
const apm_version = '8.19.0'
const build = { build_date: '2026-01-01T00:00:00Z', build_sha: 'c'.repeat(40) }

type Route = {
  methods: readonly string[]
  /** Pages may come without a token. */
  isRum: boolean
  intake?: IntakeKind
}

const read = ['GET', 'HEAD'] as const
const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/', { methods: read, isRum: false }],
  ['/intake/v2/events', intakeRoute(false, false)],
  ['/intake/v2/rum/events', intakeRoute(true, false)],
  ['/intake/v3/rum/events', intakeRoute(true, true)],
  ['/config/v1/agents', { methods: ['GET', 'POST'], isRum: false }],
  ['/config/v1/rum/agents', { methods: ['GET', 'POST'], isRum: true }],
])

function intakeRoute(isRum: boolean, hasShortNames: boolean): Route {
  return { methods: ['POST'], isRum, intake: { isRum, hasShortNames } }
}

const anonymous = new RateLimit()

export const apmService: HttpService = {
  mounts: [
    { listener: 'apm', under: '' },
    { listener: 'ui', under: '/apm' },
  ],
  serves: () => true,
  isOpen: (head) => routes.get(head.path) === undefined || isFromPage(head),
  answer,
  refused,
}

/**
 * A page of another site that the listener lets through is one that listen.cors_origins names: who
 * wrote it there allowed its visitors to send. All others show a token.
 */
function isFromPage({ path, headers }: HttpHead): boolean {
  const { origin, host } = headers
  if (!routes.get(path)?.isRum || typeof origin !== 'string') return false
  return origin.replace(/^https?:\/\//, '') !== host
}

async function answer(call: HttpCall): Promise<HttpReply> {
  const route = routes.get(call.path)
  if (route === undefined) return unknownPath()
  if (!route.methods.includes(call.method)) {
    throw new Fault('method_unsupported', {
      expected: route.methods.join(' or '),
      got: call.method.slice(0, 20),
    })
  }
  if (call.path === '/') return json(200, { ...build, version: apm_version, publish_ready: true })
  if (route.intake === undefined) return answerConfig(call, route.isRum)
  const { media_type, principal } = call
  if (media_type !== '' && !media_type.includes('application/x-ndjson')) {
    const message = `invalid content type: ${JSON.stringify(media_type)}`
    return json(400, { accepted: 0, errors: [{ message }] })
  }
  const hasToken = principal.token_id !== undefined || !isFromPage(call)
  return readIntake(call, route.intake, hasToken ? undefined : anonymous)
}

function refused(fault: Fault, head: HttpHead): HttpReply {
  // Agents look here whether the server is there, with or without a token.
  if (head.path === '/' && fault.code === 'ingest_unauthenticated') return empty(200)
  const route = routes.get(head.path)
  const reply = refusedReply(fault, route?.intake !== undefined, route?.methods.join(', ') ?? '')
  if (route !== undefined && route.intake === undefined && head.path !== '/') {
    reply.headers['cache-control'] = 'max-age=300, must-revalidate'
  }
  return reply
}
