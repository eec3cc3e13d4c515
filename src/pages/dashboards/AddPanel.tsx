/** Adds a panel and opens its editor. */
import { IconPlus } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { Menu, type MenuItem } from '../../ui/parts/Menu.tsx'
import { type PanelKind, panelKinds } from './contract.ts'
import { newPanel, withPanel } from './edit.ts'
import { kindIcons } from './kind-icons.ts'
import type { SetDashboardUrl } from './OpenDashboard.tsx'
import type { Draft } from './use-draft.ts'

export function AddPanel({ draft, setUrl }: { draft: Draft; setUrl: SetDashboardUrl }) {
  const add = (kind: PanelKind) => {
    const panel = newPanel(draft.dashboard, kind, t(`dashboards.kind.${kind}`))
    draft.change((now) => withPanel(now, panel))
    setUrl({ panel: panel.id })
  }
  const items = panelKinds.map((kind): MenuItem => {
    const Icon = kindIcons[kind]
    return { label: t(`dashboards.kind.${kind}`), icon: <Icon />, act: () => add(kind) }
  })
  return (
    <Menu items={items} label={t('dashboards.add')}>
      <Button icon={<IconPlus />}>{t('dashboards.add')}</Button>
    </Menu>
  )
}
