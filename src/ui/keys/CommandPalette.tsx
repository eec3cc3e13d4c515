/** Everything the product can do, found by typing. Pages and the shell add to it while mounted. */
import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { t } from '../i18n/translate.ts'
import { Dialog } from '../parts/Dialog.tsx'
import { Kbd } from '../parts/Kbd.tsx'
import styles from './CommandPalette.module.css'
import { type Command, matchingCommands, useAllCommands } from './commands.ts'

type CommandPaletteProps = {
  open: boolean
  onClose: () => void
  /** Things found by what is typed: services, traces. */
  find?: ((typed: string, signal: AbortSignal) => Promise<Command[]>) | undefined
}

const shown_max = 60

export function CommandPalette({ open, onClose, find }: CommandPaletteProps) {
  return (
    <Dialog open={open} label={t('ui.palette')} onClose={onClose} high>
      <Palette onClose={onClose} find={find} />
    </Dialog>
  )
}

function Palette({ onClose, find }: Omit<CommandPaletteProps, 'open'>) {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const found = useFound(find, typed)
  const shown = [...found, ...matchingCommands(useAllCommands(), typed)].slice(0, shown_max)
  const groups = Map.groupBy(shown, ({ group }) => group)
  const flat = [...groups.values()].flat()
  const run = (command: Command | undefined) => {
    if (command === undefined) return
    onClose()
    command.act()
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const next = (at + step + flat.length) % Math.max(1, flat.length)
      setAt(next)
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(flat[at])
    }
  }
  return (
    <>
      <input
        className={styles.input}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={flat[at] === undefined ? undefined : `${id}-${at}`}
        aria-label={t('ui.palette')}
        placeholder={t('ui.palette.placeholder')}
        value={typed}
        onKeyDown={press}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
      />
      <Groups id={id} groups={groups} at={at} point={setAt} run={run} />
      {flat.length === 0 ? <p className={styles.none}>{t('ui.nothing_found')}</p> : null}
    </>
  )
}

type GroupsProps = {
  id: string
  groups: ReadonlyMap<string, Command[]>
  at: number
  point: (index: number) => void
  run: (command: Command) => void
}

function Groups({ id, groups, at, point, run }: GroupsProps) {
  const flat = [...groups.values()].flat()
  return (
    <div className={styles.list} role="listbox" id={id} aria-label={t('ui.palette')}>
      {[...groups].map(([group, commands]) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options has no element.
        <div key={group} role="group" aria-label={group}>
          <p className={styles.group} aria-hidden="true">
            {group}
          </p>
          {commands.map((command) => {
            const index = flat.indexOf(command)
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys.
              <div
                key={command.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                className={styles.item}
                onMouseMove={() => point(index)}
                onClick={() => run(command)}
              >
                <span className={styles.title}>{command.title}</span>
                {command.keys === undefined ? null : <Kbd keys={command.keys} />}
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}

function useFound(find: CommandPaletteProps['find'], typed: string): readonly Command[] {
  const [found, setFound] = useState<readonly Command[]>([])
  useEffect(() => {
    if (find === undefined || typed.trim() === '') return setFound([])
    const controller = new AbortController()
    const timer = setTimeout(() => {
      find(typed.trim(), controller.signal).then(
        (commands) => {
          if (!controller.signal.aborted) setFound(commands)
        },
        () => setFound([]),
      )
    }, 80)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [find, typed])
  return found
}
