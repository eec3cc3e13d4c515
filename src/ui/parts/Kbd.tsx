/** Keys as they are printed on the keyboard: "g l", "mod+k", "?". */
import styles from './Kbd.module.css'

const names: Record<string, string> = {
  esc: 'Esc',
  enter: '↵',
  up: '↑',
  down: '↓',
  shift: '⇧',
}

export function Kbd({ keys }: { keys: string }) {
  const isMac = navigator.platform.startsWith('Mac')
  const shown = keys.split(/[ +]/).map((key) => {
    if (key === 'mod') return isMac ? '⌘' : 'Ctrl'
    return names[key] ?? (key.length === 1 ? key.toUpperCase() : key)
  })
  return (
    <span className={styles.keys}>
      {shown.map((key, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a key may be pressed twice.
        <kbd key={`${key}${at}`} className={styles.key}>
          {key}
        </kbd>
      ))}
    </span>
  )
}
