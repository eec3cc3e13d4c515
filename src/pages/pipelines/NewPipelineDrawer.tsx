/** Names a new pipeline by which records it is for; writing it is the page that opens then. */
import { useId, useState } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { go } from '../../ui/url/location.ts'
import { addressOf } from './addresses.ts'
import { pipelineDatasets } from './contract.ts'
import { isName, nameFor, type Reach, reaches } from './naming.ts'
import styles from './Pipelines.module.css'

export function NewPipelineDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Drawer open={open} title={t('pipelines.new')} onClose={onClose}>
      {open ? <NameForm /> : null}
    </Drawer>
  )
}

function NameForm() {
  const [reach, setReach] = useState<Reach>('dataset')
  const [typed, setTyped] = useState('')
  const asked = useAsk(pipelineDatasets, useRangeAsk())
  const list = useId()
  const name = nameFor(reach, typed)
  const isTyped = reach === 'dataset' || reach === 'package' || reach === 'called'
  const datasets = asked.answer?.dataset ?? []
  const packages = [...new Set(datasets.map((one) => one.split('.')[0] ?? one))]
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (isName(name)) go(addressOf(name))
      }}
    >
      <fieldset className={styles.reaches}>
        <legend>{t('pipelines.applies')}</legend>
        {reaches.map((one) => (
          <label key={one} className={styles.reach}>
            <input
              type="radio"
              name="reach"
              checked={one === reach}
              onChange={() => {
                setReach(one)
                setTyped('')
              }}
            />
            <span>
              {t(`pipelines.new.${one}`)}
              <span className={styles.hint}>{t(`pipelines.new.${one}.hint`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {isTyped ? (
        <>
          <TextInput
            label={t(`pipelines.new.${reach}.label`)}
            value={typed}
            onChange={setTyped}
            list={list}
            maxLength={400}
            autoComplete="off"
            fault={typed === '' || isName(name) ? undefined : t('pipelines.name_refused')}
          />
          <datalist id={list}>
            {(reach === 'dataset' ? datasets : reach === 'package' ? packages : []).map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </>
      ) : null}
      <p className={styles.made}>
        <span className={styles.quiet}>{t('pipelines.name')}</span>
        <code>{name === '' ? '…' : name}</code>
      </p>
      <div className={styles.actions}>
        <Button kind="primary" type="submit" disabled={!isName(name)}>
          {t('pipelines.new.write')}
        </Button>
      </div>
    </form>
  )
}
