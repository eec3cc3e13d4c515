/** How the editor looks, in the product's own variables: dark and light come with them. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const frame = EditorView.theme({
  '&': {
    height: '100%',
    color: 'var(--text)',
    backgroundColor: 'var(--surface-raised)',
    fontSize: 'var(--size)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '10px 0' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '2px' },
  '.cm-selectionBackground': { background: 'var(--chart-select)' },
  // As long as the editor's own rule, which would else win.
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'var(--chart-select)',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--chart-gap)' },
  '.cm-gutters': {
    border: '0',
    backgroundColor: 'var(--surface-raised)',
    color: 'var(--text-faint)',
    fontSize: 'var(--size-small)',
  },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '28px', padding: '0 4px 0 8px' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-foldGutter .cm-gutterElement': { cursor: 'pointer', width: '14px' },
  '.cm-foldPlaceholder': {
    border: '0',
    padding: '0 6px',
    backgroundColor: 'var(--surface-pressed)',
    color: 'var(--text-muted)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--surface-match)', color: 'inherit' },
  '&.cm-focused .cm-nonmatchingBracket': { color: 'var(--status-bad-text)' },
  '.cm-placeholder': { color: 'var(--text-faint)' },
})

/** What floats over the text: completions, and what is wrong. */
const floats = EditorView.theme({
  '.cm-tooltip': {
    border: '0',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--surface-overlay)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow-overlay)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxHeight: '260px',
    fontFamily: 'var(--font-mono)',
    fontSize: 'var(--size-label)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px', lineHeight: '18px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    background: 'var(--surface-selected)',
    color: 'var(--text)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--text-accent)' },
  '.cm-completionDetail': {
    fontStyle: 'normal',
    color: 'var(--text-muted)',
    fontFamily: 'var(--font)',
  },
  '.cm-tooltip.cm-completionInfo': {
    padding: '8px 12px',
    maxWidth: '320px',
    fontSize: 'var(--size-label)',
  },
  '.cm-diagnostic': {
    padding: '8px 12px',
    maxWidth: '520px',
    fontSize: 'var(--size-label)',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--status-bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--status-warn)' },
  '.cm-diagnostic-info': { borderLeft: '3px solid var(--accent)' },
  '.cm-lintRange': { backgroundImage: 'none', paddingBottom: '0' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    backgroundColor: 'var(--status-bad-soft)',
    textDecoration: 'underline wavy var(--status-bad)',
    textUnderlineOffset: '3px',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--status-warn)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-active': { backgroundColor: 'var(--status-bad-soft)' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--status-bad)' },
})

const words = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-method)', fontWeight: '600' },
  { tag: tags.url, color: 'var(--text)' },
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--text-muted)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--status-bad-text)' },
])

export const editorTheme: Extension = [frame, floats, syntaxHighlighting(words)]
