/**
 * An audit event as a sentence: who did what to which object from where, and whether it was let:
 * `minikube-user listed secrets in default from 192.168.49.1 (kubectl): allowed`.
 */
import { cut } from '../security/sent.ts'
import { actionOf } from './action.ts'
import { type AuditFacts, isDenied } from './facts.ts'

const reason_chars_max = 300

export function auditSentence(facts: AuditFacts): string {
  const { done, wish, rest } = actionOf(facts)
  const said = verbPhrase(facts, done, wish)
  return `${whoOf(facts)} ${said} ${rest}${fromOf(facts)}${resultOf(facts)}`
}

function verbPhrase(facts: AuditFacts, done: string, wish: string): string {
  if (facts.stage === 'RequestReceived') return `asked to ${wish}`
  if (facts.code >= 400 || isDenied(facts) || facts.stage === 'Panic') return `tried to ${wish}`
  if (facts.stage === 'ResponseStarted') {
    if (facts.verb === 'watch') return `began to ${wish}`
  }
  return done
}

function whoOf({ user, impersonated }: AuditFacts): string {
  const who = spoken(user)
  return impersonated === '' ? who : `${who}, impersonating ${spoken(impersonated)},`
}

function spoken(user: string): string {
  if (user === '') return 'somebody'
  if (user === 'system:anonymous') return 'somebody anonymous'
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user)
  if (account !== null) return `service account ${account[1]}/${account[2]}`
  if (user.startsWith('system:node:')) return `node ${user.slice('system:node:'.length)}`
  return user.startsWith('system:kube-') ? user.slice('system:'.length) : user
}

function fromOf({ source_ip, client }: AuditFacts): string {
  const from = source_ip === '' ? '' : ` from ${source_ip}`
  return client === '' ? from : `${from} (${client})`
}

function resultOf(facts: AuditFacts): string {
  const { stage, code, reason, decision, status_message, status_reason } = facts
  if (stage === 'RequestReceived') return ''
  if (stage === 'Panic') return ': the API server panicked'
  if (code === 401) return ': denied, not authenticated (401)'
  if (isDenied(facts)) {
    // Authorization says why in an annotation; admission in its answer.
    const why = (decision === 'forbid' && reason) || status_message || reason
    return `: denied${code > 0 ? ` (${code})` : ''}${why && `, ${cut(why, reason_chars_max)}`}`
  }
  if (code >= 400) {
    const why = wordOf(code) ?? (status_reason || status_message)
    return `: failed${why && `, ${cut(why, reason_chars_max)}`} (${code})`
  }
  return code > 0 || decision === 'allow' ? ': allowed' : ''
}

function wordOf(code: number): string | undefined {
  if (code === 404) return 'not found'
  if (code === 409) return 'conflict'
  return code === 429 ? 'too many requests' : undefined
}
