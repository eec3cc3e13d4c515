/** What can be done with a panel. */
import {
  IconArrowsMaximize,
  IconClipboard,
  IconCompass,
  IconCopy,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { copyText } from '../../ui/parts/copy.ts'
import type { MenuItem } from '../../ui/parts/Menu.tsx'
import { toast } from '../../ui/parts/toasts.ts'
import { exploreAddress } from './addresses.ts'
import type { PanelModel } from './contract.ts'
import { withCopy, withoutPanel } from './edit.ts'
import type { SetDashboardUrl } from './OpenDashboard.tsx'
import type { Draft } from './use-draft.ts'
import type { PanelNow } from './use-panel.ts'

type Needs = {
  draft: Draft
  isEditing: boolean
  isAdmin: boolean
  setUrl: SetDashboardUrl
  edit: () => void
}

export function panelMenu({ draft, isEditing, setUrl }: Needs) {
  return (panel: PanelModel, now?: PanelNow): readonly MenuItem[] => {
    const queries = now?.queries ?? []
    const [first] = queries
    const view: MenuItem[] = [
      {
        label: t('dashboards.panel.view'),
        icon: <IconArrowsMaximize />,
        act: () => setUrl({ panel: panel.id, edit: false }),
      },
    ]
    const asked: MenuItem[] =
      first === undefined
        ? []
        : [
            {
              label: t('dashboards.panel.explore'),
              icon: <IconCompass />,
              to: exploreAddress(first, first.query),
            },
            {
              label: t('dashboards.panel.copy_query'),
              icon: <IconClipboard />,
              act: () => copyText(queries.map(({ query }) => query).join('\n\n')),
            },
          ]
    if (!isEditing) return panel.kind === 'row' ? [] : [...view, ...asked]
    return [
      {
        label: t('dashboards.panel.edit'),
        icon: <IconPencil />,
        act: () => setUrl({ panel: panel.id }),
      },
      {
        label: t('dashboards.panel.duplicate'),
        icon: <IconCopy />,
        act: () => draft.change((all) => withCopy(all, panel)),
      },
      ...asked,
      'line',
      {
        label: t('dashboards.panel.remove'),
        icon: <IconTrash />,
        danger: true,
        act: () => remove(panel, draft),
      },
    ]
  }
}

function remove(panel: PanelModel, draft: Draft): void {
  draft.change((all) => withoutPanel(all, panel.id))
  toast({
    text: t('dashboards.panel.removed', {
      title: panel.title || t(`dashboards.kind.${panel.kind}`),
    }),
    undo: () => draft.change((all) => ({ ...all, panels: [...all.panels, panel] })),
  })
}
