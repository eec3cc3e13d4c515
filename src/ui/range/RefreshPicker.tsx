/**
 * Asks again now, at an interval, or all the time. The interval is in the address with the range.
 */
import { IconChevronDown, IconPlayerPause, IconRefresh } from '@tabler/icons-react'
import { useIsFetching } from '@tanstack/react-query'
import { useEffect } from 'react'
import { t } from '../i18n/translate.ts'
import { Button, IconButton } from '../parts/Button.tsx'
import { Menu } from '../parts/Menu.tsx'
import styles from './RefreshPicker.module.css'
import { bump, useRange } from './range.ts'

const interval_ms: Record<string, number> = {
  live: 2000,
  '5s': 5000,
  '10s': 10_000,
  '30s': 30_000,
  '1m': 60_000,
}

export function RefreshPicker() {
  const { refresh, setRefresh } = useRange()
  const isFetching = useIsFetching() > 0
  useRefresh(refresh)
  const items = ['', 'live', '5s', '10s', '30s', '1m'].map((choice) => ({
    label: choice === '' ? t('ui.refresh.off') : words(choice),
    checked: choice === refresh,
    icon: <span />,
    act: () => setRefresh(choice),
  }))
  const isLive = refresh === 'live'
  // What is shown is a part of what is heard: people who speak their commands say what they see.
  const every = t('ui.refresh.every')
  const chooses = refresh === '' ? every : `${every}: ${words(refresh)}`
  return (
    <div className={styles.refresh} data-on={refresh !== ''}>
      <IconButton
        label={isLive ? t('ui.refresh.pause') : t('ui.refresh.now')}
        keys={isLive ? undefined : 'r'}
        onClick={() => (isLive ? setRefresh('') : bump())}
      >
        {isLive ? (
          <IconPlayerPause />
        ) : (
          <IconRefresh className={isFetching ? styles.turning : undefined} />
        )}
      </IconButton>
      <Menu items={items} align="end" label={t('ui.refresh.every')}>
        <Button kind="quiet" className={styles.choose} aria-label={chooses}>
          {isLive ? <span className={styles.pulse} aria-hidden="true" /> : null}
          {refresh === '' ? null : words(refresh)}
          <IconChevronDown className={styles.chevron} />
        </Button>
      </Menu>
    </div>
  )
}

function words(refresh: string): string {
  return refresh === 'live' ? t('ui.refresh.live') : refresh
}

/** A hidden tab asks nothing; it catches up when it is seen again. */
function useRefresh(refresh: string): void {
  useEffect(() => {
    const every_ms = interval_ms[refresh]
    if (every_ms === undefined) return
    const tick = () => {
      if (document.visibilityState === 'visible') bump()
    }
    const timer = setInterval(tick, every_ms)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [refresh])
}
