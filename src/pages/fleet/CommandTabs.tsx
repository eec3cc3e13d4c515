/** The commands that install agents, each with a button that copies it whole. */
import { IconCopy, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { copyText } from '../../ui/parts/copy.ts'
import { Tabs } from '../../ui/parts/Tabs.tsx'
import type { Commands } from './contract.ts'
import styles from './Fleet.module.css'

const kinds = ['yaml', 'helm', 'host'] as const

export function CommandTabs({ commands, is_host }: { commands: Commands; is_host: boolean }) {
  const [kind, setKind] = useState<string>(is_host ? 'host' : 'yaml')
  return (
    <>
      <p className={styles.note}>{t('fleet.add.once')}</p>
      <Tabs
        label={t('fleet.add.way')}
        value={kind}
        onChange={setKind}
        tabs={kinds.map((value) => ({
          value,
          label: t(`fleet.add.way.${value}`),
          content: <Command kind={value} text={commands[value]} />,
        }))}
      />
    </>
  )
}

function Command({ kind, text }: { kind: (typeof kinds)[number]; text: string }) {
  return (
    <div className={styles.commandBox}>
      <div className={styles.commandHead}>
        <span className={styles.note}>{t(`fleet.add.way.${kind}.says`)}</span>
        {kind === 'yaml' ? (
          <Button kind="quiet" icon={<IconDownload />} onClick={() => download(text)}>
            {t('fleet.add.download')}
          </Button>
        ) : null}
        <Button icon={<IconCopy />} onClick={() => copyText(text)}>
          {t('ui.copy')}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys. */}
      <pre className={styles.command} tabIndex={0}>
        {text}
      </pre>
    </div>
  )
}

function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }))
  const link = document.createElement('a')
  link.href = address
  link.download = 'crowsnest-agent.yaml'
  link.click()
  URL.revokeObjectURL(address)
}
