/** Marks the request under the cursor in the editor, with a button beside it that sends it. */
import type { Extension } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view'
import { type ConsoleRequest, readRequests, requestsAt } from './requests.ts'

type Run = { label: string; act: () => void }

export function activeRequest(run: Run): Extension {
  const button = Decoration.widget({ widget: new RunButton(run), side: 1 })
  const line = Decoration.line({ class: 'cm-active-request' })

  function marks(view: EditorView, requests: readonly ConsoleRequest[]): DecorationSet {
    const { from, to } = view.state.selection.main
    const { doc } = view.state
    const found = []
    for (const [index, request] of requestsAt(requests, from, to).entries()) {
      const last = doc.lineAt(request.to).number
      for (let at = doc.lineAt(request.from).number; at <= last; at++) {
        found.push(line.range(doc.line(at).from))
      }
      if (index === 0) found.push(button.range(request.head_to))
    }
    return Decoration.set(found, true)
  }

  const plugin = ViewPlugin.fromClass(
    class {
      requests: readonly ConsoleRequest[]
      decorations: DecorationSet

      constructor(view: EditorView) {
        this.requests = readRequests(view.state.doc.toString())
        this.decorations = marks(view, this.requests)
      }

      update(update: ViewUpdate) {
        if (update.docChanged) this.requests = readRequests(update.state.doc.toString())
        if (update.docChanged || update.selectionSet) {
          this.decorations = marks(update.view, this.requests)
        }
      }
    },
    { decorations: (value) => value.decorations },
  )
  return [plugin, look]
}

const look = EditorView.theme({
  '.cm-active-request': { boxShadow: 'inset 3px 0 0 var(--accent)' },
  '.cm-run': {
    marginLeft: '10px',
    width: '22px',
    height: '20px',
    padding: '0',
    border: '0',
    borderRadius: 'var(--radius-small)',
    verticalAlign: 'top',
    background: 'var(--accent)',
    color: 'var(--text-on-accent)',
    cursor: 'pointer',
  },
  '.cm-run::before': {
    content: '""',
    display: 'inline-block',
    margin: '5px 0 0 8px',
    borderStyle: 'solid',
    borderWidth: '5px 0 5px 8px',
    borderColor: 'transparent transparent transparent var(--text-on-accent)',
  },
  '.cm-run:hover': { background: 'var(--accent-hover)' },
})

class RunButton extends WidgetType {
  readonly #run: Run

  constructor(run: Run) {
    super()
    this.#run = run
  }

  override eq(): boolean {
    return true
  }

  override toDOM(): HTMLElement {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'cm-run'
    button.title = this.#run.label
    button.setAttribute('aria-label', this.#run.label)
    // Ctrl+Enter does the same; the button would else be in the way of Tab.
    button.tabIndex = -1
    button.addEventListener('mousedown', (event) => event.preventDefault())
    button.addEventListener('click', () => this.#run.act())
    return button
  }

  override ignoreEvent(): boolean {
    return true
  }
}
