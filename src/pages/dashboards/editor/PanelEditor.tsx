/**
 * Where one panel is made: what is asked at the left under a live preview, how it looks at the
 * right, and fields that are dropped on the preview or chosen.
 */
import { IconArrowLeft, IconPlus } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { t } from '../../../ui/i18n/translate.ts'
import { Button } from '../../../ui/parts/Button.tsx'
import type { PanelModel } from '../contract.ts'
import { newQuery, nextRef, withPanel } from '../edit.ts'
import type { SetDashboardUrl } from '../OpenDashboard.tsx'
import { PanelView } from '../PanelView.tsx'
import type { Chosens } from '../replace.ts'
import type { Draft } from '../use-draft.ts'
import styles from './Editor.module.css'
import { FieldPicker, fieldType } from './FieldPicker.tsx'
import { KindPicker } from './KindPicker.tsx'
import { MarkdownField } from './MarkdownField.tsx'
import { OptionsPane } from './OptionsPane.tsx'
import { QueryEditor } from './QueryEditor.tsx'
import { applied, type Field, type Suggestion, suggestionsFor } from './suggest.ts'

type EditorProps = {
  panel: PanelModel
  draft: Draft
  chosens: Chosens
  is_ready: boolean
  setUrl: SetDashboardUrl
}

export function PanelEditor({ panel, draft, chosens, is_ready, setUrl }: EditorProps) {
  const [field, setField] = useState<Field>()
  const put = (next: PanelModel) => draft.change((now) => withPanel(now, next))
  const { queries, kind } = panel
  const hasQueries = !['row', 'markdown', 'service_map'].includes(kind)
  return (
    <div className={styles.editor}>
      <div className={styles.work}>
        <div className={styles.bar}>
          <Button kind="quiet" icon={<IconArrowLeft />} onClick={() => setUrl({ panel: '' })}>
            {t('dashboards.back')}
          </Button>
          <KindPicker value={kind} onChange={(next) => put({ ...panel, kind: next })} />
        </div>
        <Drop onField={setField}>
          <PanelView panel={panel} variables={chosens} is_ready={is_ready} />
        </Drop>
        {field === undefined ? null : (
          <Suggestions
            field={field}
            onChoose={(suggestion) => put(applied(panel, suggestion, field))}
            onClose={() => setField(undefined)}
          />
        )}
        {kind === 'markdown' ? <MarkdownField panel={panel} onChange={put} /> : null}
        {hasQueries ? (
          <section className={styles.queries} aria-label={t('dashboards.queries')}>
            {queries.map((query, at) => (
              <QueryEditor
                key={query.ref}
                query={query}
                onChange={(next) => put({ ...panel, queries: queries.with(at, next) })}
                onRemove={() => put({ ...panel, queries: queries.toSpliced(at, 1) })}
              />
            ))}
            <div>
              <Button
                icon={<IconPlus />}
                onClick={() => {
                  const language = queries.at(-1)?.language ?? 'search'
                  const added = newQuery(nextRef(queries), language)
                  put({ ...panel, queries: [...queries, added] })
                }}
              >
                {t('dashboards.query.add')}
              </Button>
            </div>
          </section>
        ) : null}
      </div>
      <aside className={styles.side} aria-label={t('dashboards.options')}>
        {hasQueries ? <FieldPicker query={queries[0]} onChoose={setField} /> : null}
        <OptionsPane panel={panel} variables={draft.dashboard.variables} onChange={put} />
      </aside>
    </div>
  )
}

type DropProps = { onField: (field: Field) => void; children: React.ReactNode }

function Drop({ onField, children }: DropProps) {
  const [isOver, setOver] = useState(false)
  const takes = (event: DragEvent) => event.dataTransfer.types.includes(fieldType)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: fields can be chosen without dragging.
    <div
      className={styles.preview}
      data-over={isOver}
      onDragOver={(event) => {
        if (!takes(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        if (!takes(event)) return
        event.preventDefault()
        setOver(false)
        onField(JSON.parse(event.dataTransfer.getData(fieldType)) as Field)
      }}
    >
      {children}
    </div>
  )
}

type SuggestionsProps = {
  field: Field
  onChoose: (suggestion: Suggestion) => void
  onClose: () => void
}

function Suggestions({ field, onChoose, onClose }: SuggestionsProps) {
  return (
    <fieldset className={styles.suggestions} aria-label={t('dashboards.suggestions')}>
      <span className={styles.field}>{field.name}</span>
      {suggestionsFor(field).map((one) => (
        <Button key={`${one.says} ${one.kind}`} onClick={() => onChoose(one)}>
          {t(`dashboards.suggest.${one.says}`)}
          <span className={styles.quiet}>{t(`dashboards.kind.${one.kind}`)}</span>
        </Button>
      ))}
      <Button kind="quiet" onClick={onClose}>
        {t('ui.close')}
      </Button>
    </fieldset>
  )
}
