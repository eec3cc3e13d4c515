/** The text of a markdown panel. */

import { CodeEditor } from '../../../ui/editor/CodeEditor.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import type { PanelModel } from '../contract.ts'
import styles from './Editor.module.css'

type FieldProps = { panel: PanelModel; onChange: (next: PanelModel) => void }

export function MarkdownField({ panel, onChange }: FieldProps) {
  const { options } = panel
  return (
    <div className={styles.text}>
      <CodeEditor
        label={t('dashboards.kind.markdown')}
        value={options.text}
        onChange={(text) => onChange({ ...panel, options: { ...options, text } })}
      />
    </div>
  )
}
