/** Every key that works on this screen, and nothing that does not. */
import { t } from '../i18n/translate.ts'
import { Dialog } from '../parts/Dialog.tsx'
import { Kbd } from '../parts/Kbd.tsx'
import styles from './HelpOverlay.module.css'
import { useListedKeys } from './keys.ts'

export function HelpOverlay({ open, onClose }: { open: boolean; onClose: () => void }) {
  const listed = useListedKeys()
  const goes = listed.filter(({ keys }) => keys.startsWith('g '))
  const others = listed.filter(({ keys }) => !keys.startsWith('g '))
  return (
    <Dialog open={open} label={t('ui.help')} onClose={onClose}>
      <h2 className={styles.title}>{t('ui.help')}</h2>
      <div className={styles.columns}>
        {[others, goes].map((keys, at) => (
          <dl key={at === 0 ? 'acts' : 'goes'} className={styles.list}>
            {keys.map((one) => (
              <div key={one.keys} className={styles.row}>
                <dt>{one.says}</dt>
                <dd>
                  <Kbd keys={one.keys} />
                </dd>
              </div>
            ))}
          </dl>
        ))}
      </div>
    </Dialog>
  )
}
