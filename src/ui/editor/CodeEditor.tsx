/**
 * A text editor for code: lines, folds, brackets, completion and what is wrong where. Its text is
 * the caller's. Tab indents; Escape and then Tab leaves, as everywhere this editor is used.
 */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
} from '@codemirror/language'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  type KeyBinding,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { t } from '../i18n/translate.ts'
import styles from './CodeEditor.module.css'
import { editorRoot } from './editor-root.ts'
import { editorTheme } from './editor-theme.ts'

export type CodeProblem = {
  from: number
  to: number
  says: string
  tone: 'error' | 'warning' | 'info'
}

type CodeEditorProps = {
  /** Read aloud. */
  label: string
  value: string
  onChange?: ((text: string) => void) | undefined
  is_read_only?: boolean | undefined
  /** Language and the like; those of the first draw count. */
  extensions?: readonly Extension[] | undefined
  /** Before all others, also before those of the page. */
  keys?: readonly KeyBinding[] | undefined
  problems?: readonly CodeProblem[] | undefined
  onReady?: ((view: EditorView) => void) | undefined
}

export function CodeEditor(props: CodeEditorProps) {
  const { label, value, problems } = props
  const frame = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(props)
  latest.current = props
  useEffect(() => {
    const parent = frame.current
    if (parent === null) return
    const made = new EditorView({ parent, root: editorRoot(), state: startOf(latest) })
    view.current = made
    latest.current.onReady?.(made)
    return () => made.destroy()
  }, [])
  useEffect(() => {
    const shown = view.current
    if (shown === null || shown.state.doc.toString() === value) return
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    const shown = view.current
    if (shown === null || problems === undefined) return
    const { length } = shown.state.doc
    shown.dispatch(setDiagnostics(shown.state, diagnosticsOf(problems, length)))
  }, [problems])
  return <div ref={frame} className={styles.editor} data-label={label} />
}

type Latest = { readonly current: CodeEditorProps }

function startOf(latest: Latest): EditorState {
  const { label, value, extensions = [], keys = [], is_read_only = false } = latest.current
  return EditorState.create({
    doc: value,
    extensions: [
      editorTheme,
      Prec.highest(keymap.of([...keys])),
      ...extensions,
      lineNumbers(),
      foldGutter({ openText: '▾', closedText: '▸' }),
      bracketMatching(),
      drawSelection(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
      is_read_only ? fixed : editing,
      EditorView.updateListener.of((update) => {
        if (update.docChanged) latest.current.onChange?.(update.state.doc.toString())
      }),
      EditorState.phrases.of({ 'Fold line': t('editor.fold'), 'Unfold line': t('editor.unfold') }),
    ],
  })
}

/** Reachable by keys, and the keys of the page still work in it. */
const fixed: Extension = [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ tabindex: '0', 'aria-readonly': 'true' }),
  keymap.of(foldKeymap),
]

/** Ctrl+Enter is the page's. */
const taken = ['Mod-Enter']

const editing: Extension = [
  history(),
  indentOnInput(),
  indentUnit.of('  '),
  closeBrackets(),
  autocompletion({ icons: false }),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  keymap.of([
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...defaultKeymap.filter(({ key }) => !taken.includes(key ?? '')),
    ...historyKeymap,
    ...foldKeymap,
    indentWithTab,
  ]),
]

function diagnosticsOf(problems: readonly CodeProblem[], length: number): Diagnostic[] {
  return problems.map(({ from, to, says, tone }) => ({
    from: Math.min(from, length),
    to: Math.min(Math.max(from, to), length),
    severity: tone,
    message: says,
  }))
}
