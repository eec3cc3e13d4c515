/**
 * A definition as the editor holds it: what it starts from, its JSON, and a draft that outlives a
 * change of page but not the tab.
 */
import { printValue, strictJson } from '../../ui/editor/json-print.ts'
import { type JsonProblem, readJson } from '../../ui/editor/lenient-json.ts'
import { t } from '../../ui/i18n/translate.ts'
import type { PipelineShown } from './contract.ts'

export function textOf({ definition }: PipelineShown): string {
  return `${printValue(definition)}\n`
}

export function emptyText(): string {
  return `${printValue({ description: '', processors: [{ set: { field: '', value: '' } }] })}\n`
}

/** Something that shows on any log line: a field that is added, and one that only some have. */
export function exampleText(): string {
  const processors = [
    {
      set: { field: 'labels.seen_by', value: 'crowsnest', description: t('pipelines.example.set') },
    },
    {
      grok: {
        field: 'message',
        patterns: ['%{IP:client.ip}', '%{NUMBER:labels.first_number}'],
        ignore_failure: true,
        description: t('pipelines.example.grok'),
      },
    },
    { drop: { if: "ctx.log?.level == 'trace'", description: t('pipelines.example.drop') } },
  ]
  return `${printValue({ description: t('pipelines.example'), processors })}\n`
}

/** On one line, as it is sent; or what is wrong with it. */
export function jsonOf(text: string): { json: string } | { problem: JsonProblem } {
  const { values, problem } = readJson(text)
  if (problem !== undefined) return { problem }
  const [node, second] = values
  if (second !== undefined) return { problem: { ...second, code: 'comma' } }
  if (node === undefined) return { problem: { code: 'value', from: 0, to: 0 } }
  return { json: strictJson(node) }
}

const draftKey = (name: string) => `crowsnest.pipeline.${name}`

export function draftOf(name: string): string | undefined {
  return sessionStorage.getItem(draftKey(name)) ?? undefined
}

export function keepDraft(name: string, text: string | undefined): void {
  try {
    if (text === undefined) sessionStorage.removeItem(draftKey(name))
    else sessionStorage.setItem(draftKey(name), text)
  } catch {
    // Without room it is kept as long as the page is open.
  }
}
