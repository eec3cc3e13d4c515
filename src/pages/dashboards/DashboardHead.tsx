/** Actions at the head of a dashboard: star, share, export, copy; while it is edited, saving. */
import {
  IconCopy,
  IconDeviceFloppy,
  IconDots,
  IconDownload,
  IconHistory,
  IconLink,
  IconPencil,
  IconSettings,
  IconStar,
  IconStarFilled,
} from '@tabler/icons-react'
import { useState } from 'react'
import { Refused } from '../../ui/ask/ask.ts'
import { t } from '../../ui/i18n/translate.ts'
import { useKeys } from '../../ui/keys/keys.ts'
import { Button, IconButton } from '../../ui/parts/Button.tsx'
import { copyText } from '../../ui/parts/copy.ts'
import { Badge } from '../../ui/parts/Marks.tsx'
import { Menu, type MenuItem } from '../../ui/parts/Menu.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { toast } from '../../ui/parts/toasts.ts'
import { go, href } from '../../ui/url/location.ts'
import { AddPanel } from './AddPanel.tsx'
import { dashboardAddress } from './addresses.ts'
import type { DashboardWhole } from './contract.ts'
import styles from './Dashboard.module.css'
import { download } from './download.ts'
import type { SetDashboardUrl } from './OpenDashboard.tsx'
import { createDashboard, saveDashboard, starDashboard, tellFailure } from './requests.ts'
import type { Draft } from './use-draft.ts'

type HeadProps = {
  id: string
  whole: DashboardWhole | undefined
  draft: Draft
  isEditing: boolean
  isAdmin: boolean
  setUrl: SetDashboardUrl
  edit: () => void
}

export function DashboardHead(props: HeadProps) {
  const { whole, draft, isEditing, isAdmin, edit } = props
  return (
    <>
      {draft.isChanged ? <Badge tone="accent">{t('dashboards.unsaved')}</Badge> : null}
      {whole?.is_shipped === true ? <Badge>{t('dashboards.shipped')}</Badge> : null}
      {isEditing ? (
        <Editing {...props} />
      ) : (
        <>
          {whole === undefined ? null : <Star whole={whole} />}
          {isAdmin ? (
            <Button icon={<IconPencil />} onClick={edit}>
              {whole?.is_shipped === true ? t('dashboards.edit_copy') : t('dashboards.edit')}
            </Button>
          ) : null}
        </>
      )}
      <More {...props} />
    </>
  )
}

function Star({ whole }: { whole: DashboardWhole }) {
  const { id, is_starred } = whole
  return (
    <IconButton
      label={is_starred ? t('dashboards.unstar') : t('dashboards.star')}
      pressed={is_starred}
      onClick={() => void starDashboard(id, !is_starred)}
    >
      {is_starred ? <IconStarFilled className={styles.starred} /> : <IconStar />}
    </IconButton>
  )
}

function Editing({ id, whole, draft, setUrl }: HeadProps) {
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const save = async () => {
    if (busy) return
    setBusy(true)
    try {
      const saved =
        whole === undefined
          ? await createDashboard(draft.dashboard, note)
          : await saveDashboard(id, draft.base, draft.dashboard, note)
      draft.settle()
      setNote('')
      toast({ text: t('dashboards.saved', { title: draft.dashboard.title }) })
      if (whole === undefined) go(dashboardAddress(saved.id), { replace: true })
      else setUrl({ edit: false, panel: '', open: '' })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const act = () => void save()
  useKeys([{ keys: 'mod+s', says: t('dashboards.save'), act, typing: true }])
  const discard = () => {
    draft.settle()
    if (whole === undefined) go(href('/dashboards'))
    else setUrl({ edit: false, panel: '', open: '' })
  }
  return (
    <>
      <AddPanel draft={draft} setUrl={setUrl} />
      <IconButton label={t('dashboards.settings')} onClick={() => setUrl({ open: 'settings' })}>
        <IconSettings />
      </IconButton>
      <span className={styles.note}>
        <TextInput
          label={t('dashboards.note')}
          quiet_label
          value={note}
          onChange={setNote}
          maxLength={1024}
        />
      </span>
      <Button kind="quiet" onClick={discard}>
        {draft.isChanged ? t('dashboards.discard') : t('dashboards.done')}
      </Button>
      <Button
        kind="primary"
        icon={<IconDeviceFloppy />}
        busy={busy}
        disabled={!draft.isChanged && whole !== undefined}
        onClick={act}
      >
        {t('dashboards.save')}
      </Button>
    </>
  )
}

function More({ id, whole, draft, isAdmin, setUrl }: HeadProps) {
  const { dashboard } = draft
  const copy = () => go(href('/dashboards/new', { copy: id, edit: true }))
  const items: MenuItem[] = [
    {
      label: t('dashboards.share'),
      icon: <IconLink />,
      act: () => void copyText(window.location.href),
    },
    {
      label: t('dashboards.export'),
      icon: <IconDownload />,
      act: () => download(dashboard),
    },
    ...(isAdmin && whole !== undefined
      ? [{ label: t('dashboards.copy'), icon: <IconCopy />, act: copy }]
      : []),
    ...(whole === undefined || whole.is_shipped
      ? []
      : [
          {
            label: t('dashboards.history'),
            icon: <IconHistory />,
            act: () => setUrl({ open: 'history' }),
          },
        ]),
  ]
  return (
    <Menu items={items} align="end" label={t('dashboards.more')}>
      <IconButton label={t('dashboards.more')}>
        <IconDots />
      </IconButton>
    </Menu>
  )
}
