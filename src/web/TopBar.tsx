/** Where and when we look, and the way to everything else. */
import { IconKeyboard, IconLogout, IconSearch, IconUserCircle } from '@tabler/icons-react'
import { language, languageNames, languages, setLanguage, t } from '../ui/i18n/translate.ts'
import { Button, IconButton } from '../ui/parts/Button.tsx'
import { Kbd } from '../ui/parts/Kbd.tsx'
import { Menu, type MenuItem } from '../ui/parts/Menu.tsx'
import { RefreshPicker } from '../ui/range/RefreshPicker.tsx'
import { TimePicker } from '../ui/range/TimePicker.tsx'
import { signOut } from '../ui/session.ts'
import { setTheme, themes, useTheme } from '../ui/theme.ts'
import { ScopePicker } from './ScopePicker.tsx'
import styles from './TopBar.module.css'

type TopBarProps = {
  user: { name: string; role: string }
  openPalette: () => void
  openHelp: () => void
}

export function TopBar({ user, openPalette, openHelp }: TopBarProps) {
  return (
    <header className={styles.bar}>
      <ScopePicker />
      <Button
        kind="quiet"
        className={styles.command}
        icon={<IconSearch />}
        title={t('shell.commands')}
        onClick={openPalette}
      >
        <span className={styles.words}>{t('shell.commands')}</span>
        <span className={styles.keys} aria-hidden="true">
          <Kbd keys="mod+k" />
        </span>
      </Button>
      <div className={styles.when}>
        <TimePicker />
        <RefreshPicker />
      </div>
      <UserMenu user={user} openHelp={openHelp} />
    </header>
  )
}

function UserMenu({ user, openHelp }: Pick<TopBarProps, 'user' | 'openHelp'>) {
  const theme = useTheme()
  const items: MenuItem[] = [
    { heading: `${user.name} · ${user.role}` },
    { label: t('shell.keyboard'), icon: <IconKeyboard />, act: openHelp, hint: '?' },
    'line',
    { heading: t('shell.theme') },
    ...themes.map((one) => ({
      label: t(`shell.theme.${one}`),
      icon: <span />,
      checked: one === theme,
      act: () => setTheme(one),
    })),
    'line',
    { heading: t('shell.language') },
    ...languages.map((one) => ({
      label: languageNames[one],
      icon: <span />,
      checked: one === language(),
      act: () => setLanguage(one),
    })),
    'line',
    { label: t('shell.sign_out'), icon: <IconLogout />, act: signOut },
  ]
  return (
    <Menu items={items} align="end" label={t('shell.user')}>
      <IconButton label={t('shell.user')}>
        <IconUserCircle />
      </IconButton>
    </Menu>
  )
}
