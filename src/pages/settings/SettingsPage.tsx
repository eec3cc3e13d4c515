/** Settings: tokens of senders and readers, the account, and what this server is. */
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Tabs } from '../../ui/parts/Tabs.tsx'
import { signOut, useSession } from '../../ui/session.ts'
import { oneOf } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { ReadTokens } from './ReadTokens.tsx'
import styles from './SettingsPage.module.css'
import { Tokens } from './Tokens.tsx'

const sections = ['tokens', 'reading', 'account', 'about'] as const
const shape = { section: oneOf(sections, 'tokens') }

export function SettingsPage() {
  const [url, setUrl] = useUrl(shape)
  const content = {
    tokens: <Tokens />,
    reading: <ReadTokens />,
    account: <Account />,
    about: <About />,
  }
  return (
    <Page title={t('settings.title')} question={t('settings.question')}>
      <Tabs
        label={t('settings.sections')}
        value={url.section}
        onChange={(section) => setUrl({ section: sections.find((one) => one === section) })}
        tabs={sections.map((section) => ({
          value: section,
          label: t(`settings.${section}`),
          content: <div className={styles.section}>{content[section]}</div>,
        }))}
      />
    </Page>
  )
}

function Account() {
  const user = useSession().data?.user
  return (
    <Panel>
      <dl className={styles.facts}>
        <dt>{t('settings.account.name')}</dt>
        <dd>{user?.name ?? t('settings.account.open')}</dd>
        <dt>{t('settings.account.role')}</dt>
        <dd>{user?.role ?? '–'}</dd>
      </dl>
      <div className={styles.actions}>
        <Button onClick={() => signOut()}>{t('settings.account.sign_out')}</Button>
      </div>
    </Panel>
  )
}

function About() {
  return (
    <Panel>
      <dl className={styles.facts}>
        <dt>{t('settings.about.version')}</dt>
        <dd>{useSession().data?.version ?? '–'}</dd>
        <dt>{t('settings.about.license')}</dt>
        <dd>Apache-2.0</dd>
      </dl>
    </Panel>
  )
}
