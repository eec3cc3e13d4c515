/** The definition in the editor, and what is wrong with it. */
import { autocompletion } from '@codemirror/autocomplete'
import { useState } from 'react'
import { CodeEditor } from '../../ui/editor/CodeEditor.tsx'
import { completePipeline } from '../../ui/editor/complete-pipeline.ts'
import { consoleLanguage } from '../../ui/editor/console-language.ts'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import styles from './Pipelines.module.css'
import type { Definition } from './use-definition.ts'

const extensions = [
  consoleLanguage,
  autocompletion({ icons: false, override: [(context) => completePipeline(context)] }),
]

type DefinitionPaneProps = {
  definition: Definition
  isAdmin: boolean
  acts: { test: () => void; save: () => void }
}

export function DefinitionPane({ definition, isAdmin }: DefinitionPaneProps) {
  const [own] = useState(extensions)
  const { problems, fault } = definition
  const [first] = problems
  return (
    <section className={styles.pane} aria-label={t('pipelines.definition')}>
      <header className={styles.head}>
        <h2>{t('pipelines.definition')}</h2>
        <span className={styles.quiet}>{t('pipelines.definition.hint')}</span>
      </header>
      <div className={styles.code}>
        <CodeEditor
          label={t('pipelines.definition')}
          value={definition.text}
          onChange={definition.change}
          is_read_only={!isAdmin}
          extensions={own}
          problems={problems}
          onReady={definition.ready}
        />
      </div>
      {fault === undefined ? null : <FaultNote fault={fault} />}
      {first === undefined ? null : (
        <button
          type="button"
          className={styles.problem}
          onClick={() => definition.showPlace(first)}
          aria-live="polite"
        >
          {first.says}
        </button>
      )}
    </section>
  )
}
