/** Actions, alerts and flows of the range as figures that lead to their lines in Logs. */
import { useAsk } from '../../ui/ask/ask.ts'
import { count } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { type SecurityCounts, securityCounts } from './contract.ts'
import styles from './OverviewPage.module.css'

const kinds = ['audit', 'security', 'flows'] as const satisfies (keyof SecurityCounts)[]
const searches: Record<keyof SecurityCounts, { all: string; stopped: string }> = {
  audit: {
    all: 'event_name:kubernetes.audit',
    stopped: 'event_name:kubernetes.audit and severity:warn',
  },
  security: {
    all: 'event_name:falco.alert or event_name:tetragon.*',
    stopped: '(event_name:falco.alert or event_name:tetragon.*) and severity >= warn',
  },
  flows: {
    all: 'event_name:network.flow or event_name:access.log',
    stopped: 'event.action:dropped or event.action:denied',
  },
}

export function SecurityPanel() {
  const asked = useAsk(securityCounts, useRangeAsk())
  return (
    <Panel
      title={t('overview.security')}
      question={t('overview.security.question')}
      asked={asked}
      is_empty={(answer) => kinds.every((kind) => answer[kind].events === 0)}
      empty={{ title: t('overview.security.none'), do: t('overview.security.none.do') }}
    >
      {(answer) => (
        <div className={styles.arriving}>
          {kinds.map((kind) => (
            <div key={kind}>
              <p className={styles.name}>{t(`overview.security.${kind}`)}</p>
              <p className={styles.figure}>
                <TextLink to="/logs" query={{ search: searches[kind].all }}>
                  {count(answer[kind].events)}
                </TextLink>
                <span className={styles.note}>
                  <TextLink to="/logs" query={{ search: searches[kind].stopped }}>
                    {t(`overview.security.${kind}.stopped`, {
                      count: count(answer[kind].stopped),
                    })}
                  </TextLink>
                </span>
              </p>
            </div>
          ))}
        </div>
      )}
    </Panel>
  )
}
