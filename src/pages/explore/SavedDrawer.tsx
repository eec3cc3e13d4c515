/** Saved searches: everybody's, with who and when; and the one on the page under a name. */
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button, IconButton } from '../../ui/parts/Button.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useSession } from '../../ui/session.ts'
import { useSubmit } from '../../ui/submit.ts'
import { Link } from '../../ui/url/Link.tsx'
import { savedPart } from './address.ts'
import type { SavedSearch } from './contract.ts'
import styles from './Explore.module.css'
import { deleteSaved, saveSearch, useSaved } from './saved.ts'

export function SavedDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Drawer open={open} title={t('explore.saved')} onClose={onClose}>
      {open ? <Saved onClose={onClose} /> : null}
    </Drawer>
  )
}

function Saved({ onClose }: { onClose: () => void }) {
  const asked = useSaved(true)
  const user = useSession().data?.user
  const isMine = ({ saved_by }: SavedSearch) => user?.role === 'admin' || saved_by === user?.name
  return (
    <div className={styles.saved}>
      <SaveForm searches={asked.answer ?? []} isMine={isMine} />
      <Panel
        asked={asked}
        bare
        is_empty={(searches) => searches.length === 0}
        empty={{ title: t('explore.saved.none'), do: t('explore.saved.none.do') }}
      >
        {(searches) => (
          <ul className={styles.savedList}>
            {searches
              .toSorted((a, b) => b.saved_ms - a.saved_ms)
              .map((search) => (
                <li key={search.name}>
                  <Link
                    to={`/explore?${search.query}`}
                    className={styles.savedName}
                    onClick={onClose}
                  >
                    {search.name}
                  </Link>
                  <span className={styles.savedBy}>
                    {search.saved_by} · <RelativeTime time_ms={search.saved_ms} />
                  </span>
                  {isMine(search) ? (
                    <IconButton
                      label={t('explore.saved.delete', { name: search.name })}
                      onClick={() => deleteSaved(search)}
                    >
                      <IconTrash />
                    </IconButton>
                  ) : null}
                </li>
              ))}
          </ul>
        )}
      </Panel>
    </div>
  )
}

type FormProps = { searches: readonly SavedSearch[]; isMine: (search: SavedSearch) => boolean }

function SaveForm({ searches, isMine }: FormProps) {
  const [name, setName] = useState('')
  const plain = name.trim()
  const { submit, busy, fault } = useSubmit(async () => {
    await saveSearch(plain, savedPart(window.location.search))
    setName('')
  })
  const same = searches.find((search) => search.name === plain)
  const isOthers = same !== undefined && !isMine(same)
  const who = same?.saved_by ?? ''
  return (
    <form
      className={styles.saveForm}
      onSubmit={(event) => {
        event.preventDefault()
        if (plain !== '' && !isOthers) void submit()
      }}
    >
      <TextInput
        label={t('explore.saved.save')}
        value={name}
        onChange={setName}
        placeholder={t('explore.saved.name')}
        maxLength={120}
        autoComplete="off"
        fault={isOthers ? t('explore.saved.others', { name: plain, who }) : undefined}
        hint={
          same === undefined || isOthers
            ? undefined
            : t('explore.saved.replaces', { name: plain, who })
        }
      />
      <Button kind="primary" type="submit" busy={busy} disabled={plain === '' || isOthers}>
        {t(same === undefined ? 'explore.saved.do_save' : 'explore.saved.replace')}
      </Button>
      {fault === undefined ? null : <FaultNote fault={fault} />}
    </form>
  )
}
