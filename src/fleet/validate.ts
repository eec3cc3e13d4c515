/**
 * Whether a policy can work, before any agent sees it: its shape, and the patterns that people
 * wrote. What only a node knows, such as a file's rights, the agent tells when it tries.
 */
import { RE2JS } from 're2js'
import { Fault } from '../model/faults.ts'
import { type Policy, policySchema } from '../model/policy.ts'

export type Issue = { path: (string | number)[]; message: string }
export type Validated = { policy: Policy } | { issues: Issue[] }

const issues_max = 20

export function validate(document: unknown): Validated {
  const read = policySchema.safeParse(document)
  if (!read.success) {
    const issues = read.error.issues.slice(0, issues_max).map(({ path, message }) => ({
      path: path.map((part) => (typeof part === 'number' ? part : String(part))),
      message,
    }))
    return { issues }
  }
  const issues = read.data.integrations.flatMap((integration, at) => {
    if (integration.type !== 'container_logs') return []
    const { exclude_lines, multiline } = integration.settings
    const place = ['integrations', at, 'settings']
    const lines = exclude_lines.flatMap((text, line) =>
      wrongPattern(text, [...place, 'exclude_lines', line]),
    )
    if (multiline.kind !== 'pattern') return lines
    const path = [...place, 'multiline', 'pattern']
    const first = multiline.pattern
    if (first === undefined) return [...lines, { path, message: 'expected a pattern' }]
    return [...lines, ...wrongPattern(first, path)]
  })
  return issues.length > 0 ? { issues } : { policy: read.data }
}

/** Throws policy_invalid with the first thing that is wrong. */
export function valid(document: unknown): Policy {
  const result = validate(document)
  if ('policy' in result) return result.policy
  const { path, message } = result.issues[0]!
  throw new Fault('policy_invalid', { detail: `${path.join('.') || 'the document'}: ${message}` })
}

function wrongPattern(text: string, path: (string | number)[]): Issue[] {
  try {
    RE2JS.compile(text)
    return []
  } catch (error) {
    return [{ path, message: (error as Error).message }]
  }
}
