/** The state of one definition that is edited: its text, what is wrong with it, and saving it. */
import type { EditorView } from '@codemirror/view'
import { useEffect, useMemo, useRef, useState } from 'react'
import { type FaultShown, Refused } from '../../ui/ask/ask.ts'
import type { CodeProblem } from '../../ui/editor/CodeEditor.tsx'
import { placeOf } from '../../ui/editor/json-place.ts'
import { readJson } from '../../ui/editor/lenient-json.ts'
import { problemOf, type Refusal } from '../../ui/editor/refusal.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'
import type { PipelineShown } from './contract.ts'
import { draftOf, emptyText, exampleText, jsonOf, keepDraft, textOf } from './definition.ts'
import { type Trial, type Verdict, verdictsOf } from './outcome.ts'
import { checkDefinition, DefinitionRefused, savePipeline } from './requests.ts'

export type Definition = ReturnType<typeof useDefinition>
type Needs = {
  name: string
  pipeline: PipelineShown | undefined
  isExample: boolean
  isAdmin: boolean
}
type Told = { of: string; refusal: Refusal }

const check_after_ms = 600

export function useDefinition({ name, pipeline, isExample, isAdmin }: Needs) {
  const saved = useMemo(() => (pipeline === undefined ? undefined : textOf(pipeline)), [pipeline])
  const [text, setText] = useState(
    () => draftOf(name) ?? saved ?? (isExample ? exampleText() : emptyText()),
  )
  const [told, setTold] = useState<Told>()
  const [warning, setWarning] = useState<Record<Verdict, number>>()
  const [fault, setFault] = useState<FaultShown>()
  const [isSaving, setSaving] = useState(false)
  const view = useRef<EditorView>(null)
  const read = useMemo(() => jsonOf(text), [text])
  const json = 'json' in read ? read.json : undefined
  const isChanged = saved === undefined || !isSame(text, saved)
  useChecks(isAdmin && isChanged ? json : undefined, text, setTold)
  useNewer(saved, text, setText)
  const change = (next: string) => {
    setText(next)
    setWarning(undefined)
    keepDraft(name, saved !== undefined && isSame(next, saved) ? undefined : next)
  }
  const refused = (refusal: Refusal) => setTold({ of: text, refusal })
  const put = async () => {
    if (json === undefined || isSaving) return
    setSaving(true)
    setFault(undefined)
    setWarning(undefined)
    try {
      await savePipeline(name, json)
      keepDraft(name, undefined)
      toast({ text: t('pipelines.saved', { name }) })
    } catch (error) {
      if (error instanceof DefinitionRefused) refused(error.refusal)
      else if (error instanceof Refused) setFault(error.fault)
      else throw error
    } finally {
      setSaving(false)
    }
  }
  /** What it would do to the newest records is looked at first. */
  const save = async (run: () => Promise<Trial | undefined>) => {
    if (json === undefined) return
    const trial = await run()
    const verdicts = trial && verdictsOf(trial)
    const isLossy = verdicts !== undefined && verdicts.dropped + verdicts.failed > 0
    if (isLossy) setWarning(verdicts)
    else await put()
  }
  const problems = useMemo(() => problemsOf(text, read, told), [text, read, told])
  return {
    ...{ text, json, isChanged, isSaving, problems, warning, fault, change, refused, save },
    saveAnyway: () => void put(),
    forgetWarning: () => setWarning(undefined),
    discard: () => change(saved ?? emptyText()),
    ready: (made: EditorView) => {
      view.current = made
    },
    show: (path: string) => showPlace(view.current, placeIn(text, path)),
    showPlace: (place: { from: number; to: number }) => showPlace(view.current, place),
  }
}

/** What somebody else saves meanwhile is shown, where nothing was changed here. */
function useNewer(saved: string | undefined, text: string, show: (text: string) => void): void {
  const before = useRef(saved)
  useEffect(() => {
    const was = before.current
    before.current = saved
    if (saved === undefined || was === undefined || saved === was) return
    if (isSame(text, was)) show(saved)
  }, [saved, text, show])
}

/** Only what would be saved counts, not how it is laid out. */
function isSame(text: string, saved: string): boolean {
  if (text === saved) return true
  const [one, other] = [jsonOf(text), jsonOf(saved)]
  return 'json' in one && 'json' in other && one.json === other.json
}

/** Asks the server, while one types, whether it would take the definition. */
function useChecks(json: string | undefined, text: string, tell: (told?: Told) => void): void {
  const latest = useRef(tell)
  latest.current = tell
  useEffect(() => {
    if (json === undefined) return
    const asking = new AbortController()
    const timer = setTimeout(async () => {
      try {
        await checkDefinition(json, asking.signal)
        if (!asking.signal.aborted) latest.current(undefined)
      } catch (error) {
        if (asking.signal.aborted || !(error instanceof DefinitionRefused)) return
        latest.current({ of: text, refusal: error.refusal })
      }
    }, check_after_ms)
    return () => {
      clearTimeout(timer)
      asking.abort()
    }
  }, [json, text])
}

function problemsOf(
  text: string,
  read: ReturnType<typeof jsonOf>,
  told: Told | undefined,
): CodeProblem[] {
  if ('problem' in read) {
    const { from, to, code } = read.problem
    return [{ from, to, says: t(`editor.problem.${code}`), tone: 'error' }]
  }
  if (told === undefined || told.of !== text) return []
  const { refusal } = told
  const found = problemOf(refusal, text, { from: 0, to: text.length })
  return [found ?? { from: 0, to: 1, says: refusal.reason, tone: 'error' }]
}

function placeIn(text: string, path: string): { from: number; to: number } {
  const [root] = readJson(text).values
  return root === undefined ? { from: 0, to: 0 } : placeOf(text, root, path)
}

function showPlace(view: EditorView | null, { from, to }: { from: number; to: number }): void {
  if (view === null) return
  const { length } = view.state.doc
  const selection = { anchor: Math.min(from, length), head: Math.min(to, length) }
  view.dispatch({ selection, scrollIntoView: true })
  view.focus()
}
