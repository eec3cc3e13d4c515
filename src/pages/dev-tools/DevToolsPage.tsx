/**
 * Dev tools: requests of Elasticsearch's API as people know them from its console, sent to this
 * server, with what it answers beside them.
 */
import { IconHistory, IconPlayerPlayFilled, IconTerminal2 } from '@tabler/icons-react'
import { useState } from 'react'
import { CodeEditor } from '../../ui/editor/CodeEditor.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { useKeys } from '../../ui/keys/keys.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Kbd } from '../../ui/parts/Kbd.tsx'
import { Menu } from '../../ui/parts/Menu.tsx'
import { useSession } from '../../ui/session.ts'
import { flag } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { AnswerPane } from './AnswerPane.tsx'
import styles from './DevTools.module.css'
import { HistoryDrawer } from './HistoryDrawer.tsx'
import { type Console, useConsole } from './use-console.ts'

const shape = { history: flag() }

export function DevToolsPage() {
  const [url, setUrl] = useUrl(shape)
  const role = useSession().data?.user?.role
  const isAllowed = role === undefined || role === 'admin'
  const hands = useConsole()
  return (
    <Page
      title={t('dev.title')}
      question={t('dev.question')}
      fill
      actions={
        <Button icon={<IconHistory />} onClick={() => setUrl({ history: !url.history })}>
          {t('dev.history')}
        </Button>
      }
    >
      {isAllowed ? null : (
        <p className={styles.note} role="status">
          {t('dev.admin_only')}
        </p>
      )}
      <div className={styles.panes}>
        <EditorPane hands={hands} isAllowed={isAllowed} />
        <AnswerPane results={hands.results} isSending={hands.isSending} />
      </div>
      <HistoryDrawer
        open={url.history}
        onClose={() => setUrl({ history: false })}
        onTake={(text) => {
          hands.insert(text)
          setUrl({ history: false })
        }}
      />
    </Page>
  )
}

function EditorPane({ hands, isAllowed }: { hands: Console; isAllowed: boolean }) {
  const [extensions] = useState(hands.extensions)
  const [keys] = useState(hands.keys)
  useKeys([{ keys: 'mod+enter', says: t('dev.send'), act: hands.run }])
  return (
    <section className={styles.pane} aria-label={t('dev.requests')}>
      <header className={styles.head}>
        <Button
          kind="primary"
          icon={<IconPlayerPlayFilled />}
          busy={hands.isSending}
          disabled={!isAllowed}
          onClick={hands.run}
        >
          {t('dev.send')}
        </Button>
        <Kbd keys="mod+enter" />
        <span className={styles.space} />
        <Menu label={t('dev.more')} align="end" items={menuOf(hands)}>
          <Button kind="quiet" icon={<IconTerminal2 />}>
            {t('dev.more')}
          </Button>
        </Menu>
      </header>
      <div className={styles.code}>
        <CodeEditor
          label={t('dev.requests')}
          value={hands.text}
          onChange={hands.change}
          extensions={extensions}
          keys={keys}
          problems={hands.problems}
          onReady={hands.ready}
        />
      </div>
    </section>
  )
}

function menuOf(hands: Console) {
  return [
    { label: t('dev.copy_curl'), act: hands.copyCurl },
    { label: t('dev.indent'), act: hands.tidy, hint: <Kbd keys="mod+i" /> },
    'line' as const,
    { label: t('dev.examples'), act: hands.addExamples },
  ]
}
