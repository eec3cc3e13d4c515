/** The console's state and hands: its text, what is sent and answered, and what is wrong where. */
import { autocompletion } from '@codemirror/autocomplete'
import { indentSelection } from '@codemirror/commands'
import type { Extension } from '@codemirror/state'
import type { EditorView, KeyBinding } from '@codemirror/view'
import { useEffect, useMemo, useRef, useState } from 'react'
import { send } from '../../ui/ask/send.ts'
import type { CodeProblem } from '../../ui/editor/CodeEditor.tsx'
import { consoleLanguage } from '../../ui/editor/console-language.ts'
import { problemOf, syntaxProblem } from '../../ui/editor/refusal.ts'
import { t } from '../../ui/i18n/translate.ts'
import { copyText } from '../../ui/parts/copy.ts'
import { activeRequest } from './active-request.ts'
import { completeConsole } from './complete-console.ts'
import { exampleText } from './example.ts'
import { keepSent, keepText, keptText } from './kept.ts'
import { bodyReadOf, curlOf, readRequests, requestsAt, tidyBody } from './requests.ts'
import { type ConsoleResult, sendRequest } from './send-request.ts'

export type Console = ReturnType<typeof useConsole>

/** At most so many of a selection are sent at once. */
const sent_at_once_max = 50

export function useConsole() {
  const [text, setText] = useState(() => keptText() ?? exampleText())
  const [results, setResults] = useState<readonly ConsoleResult[]>([])
  const [isSending, setSending] = useState(false)
  const [refused, setRefused] = useState<{ of: string; problems: CodeProblem[] }>()
  const view = useRef<EditorView>(null)
  const pipelines = usePipelineNames()
  const problems = useMemo(
    () => [...syntaxProblems(text), ...(refused?.of === text ? refused.problems : [])],
    [text, refused],
  )
  const run = async () => {
    const shown = view.current
    if (shown === null || isSending) return
    const { of, chosen } = chosenIn(shown)
    setSending(true)
    const made: ConsoleResult[] = []
    try {
      for (const request of chosen.slice(0, sent_at_once_max)) {
        const result = await sendRequest(of, request)
        made.push(result)
        const { method, path } = request
        const own = of.slice(request.from, request.to)
        keepSent({ at_ms: Date.now(), method, path, status: result.status, text: own })
        setResults([...made])
      }
    } finally {
      setSending(false)
    }
    setRefused({ of, problems: made.flatMap((one) => refusalProblems(of, one)) })
  }
  // The editor's own keys and button are made once: they call what is current.
  const latest = useRef(run)
  latest.current = run
  const runLatest = () => void latest.current()
  const change = (next: string) => {
    setText(next)
    keepText(next)
  }
  return {
    ...{ text, results, isSending, problems, change },
    run: runLatest,
    ready: (made: EditorView) => {
      view.current = made
    },
    extensions: (): Extension[] => [
      consoleLanguage,
      autocompletion({ icons: false, override: [completeConsole(() => pipelines.current)] }),
      activeRequest({ label: t('dev.send_this'), act: runLatest }),
    ],
    keys: (): KeyBinding[] => [
      { key: 'Mod-Enter', run: acting(runLatest) },
      { key: 'Mod-i', run: acting(() => tidyChosen(view.current)) },
    ],
    tidy: () => tidyChosen(view.current),
    copyCurl: () => void copyAsCurl(view.current),
    addExamples: () => insertAtEnd(view.current, exampleText()),
    insert: (added: string) => insertAtEnd(view.current, added),
  }
}

function acting(act: () => void): () => boolean {
  return () => {
    act()
    return true
  }
}

function chosenIn(view: EditorView) {
  const of = view.state.doc.toString()
  const { from, to } = view.state.selection.main
  return { of, chosen: requestsAt(readRequests(of), from, to) }
}

function syntaxProblems(text: string): CodeProblem[] {
  return readRequests(text).flatMap((request) => {
    const read = bodyReadOf(text, request)
    return syntaxProblem(read, (code) => t(`editor.problem.${code}`)) ?? []
  })
}

/** Under the place that the refusal names, or else under the address. */
function refusalProblems(of: string, { request, refusal }: ConsoleResult): CodeProblem[] {
  if (refusal === undefined) return []
  const isSimulation = request.path.split('?')[0] === '/_ingest/pipeline/_simulate'
  const isInPipeline = isSimulation && !/^(docs|_source|$)/.test(refusal.path ?? '')
  const at = { from: request.head_to, to: request.to }
  const found = problemOf(refusal, of, { ...at, ...(isInPipeline && { under: 'pipeline' }) })
  const { path_from, head_to } = request
  return [found ?? { from: path_from, to: head_to, says: refusal.reason, tone: 'error' }]
}

function tidyChosen(view: EditorView | null): void {
  if (view === null) return
  const { of, chosen } = chosenIn(view)
  const changes = chosen.flatMap((request) => {
    const insert = tidyBody(of, request)
    return insert === undefined ? [] : { from: request.head_to, to: request.to, insert }
  })
  if (changes.length > 0) view.dispatch({ changes })
  else indentSelection(view)
  view.focus()
}

async function copyAsCurl(view: EditorView | null): Promise<void> {
  if (view === null) return
  const { of, chosen } = chosenIn(view)
  const address = await elasticAddress()
  await copyText(chosen.map((request) => curlOf(of, request, address)).join('\n\n'))
}

type Listening = { is_tls: boolean; listeners: readonly { name: string; address: string }[] }

/** Where the same API is reached from outside; its usual port when that is not known. */
async function elasticAddress(): Promise<string> {
  const { hostname } = window.location
  try {
    const { is_tls, listeners } = await send<Listening>('GET', '/api/get-data-in')
    const address = listeners.find(({ name }) => name === 'elastic')?.address ?? ''
    const port = /:(\d+)$/.exec(address)?.[1] ?? '9200'
    return `${is_tls ? 'https' : 'http'}://${hostname}:${port}`
  } catch {
    return `http://${hostname}:9200`
  }
}

function insertAtEnd(view: EditorView | null, added: string): void {
  if (view === null) return
  const { length } = view.state.doc
  const before = length === 0 ? '' : view.state.doc.toString().endsWith('\n') ? '\n' : '\n\n'
  const at = length + before.length
  view.dispatch({
    changes: { from: length, insert: `${before}${added.trimEnd()}\n` },
    selection: { anchor: at },
    scrollIntoView: true,
  })
  view.focus()
}

/** For completion; without them it offers the paths alone. */
function usePipelineNames() {
  const names = useRef<readonly string[]>([])
  useEffect(() => {
    const asking = new AbortController()
    send<{ pipelines: { name: string }[] }>('GET', '/api/pipelines', undefined, asking.signal)
      .then((answer) => {
        names.current = answer.pipelines.map(({ name }) => name)
      })
      .catch(() => undefined)
    return () => asking.abort()
  }, [])
  return names
}
