/** A menu under a button, and the same menu under the right mouse button. Items are data. */
import { IconCheck } from '@tabler/icons-react'
import { DropdownMenu as Radix, ContextMenu as RadixContext } from 'radix-ui'
import { type ReactElement, type ReactNode, useState } from 'react'
import { go } from '../url/location.ts'
import styles from './Menu.module.css'

export type MenuItem =
  | {
      label: string
      /** What choosing does; or `to`, an address from href(). */
      act?: (() => void) | undefined
      to?: string | undefined
      icon?: ReactNode
      hint?: ReactNode
      danger?: boolean | undefined
      disabled?: boolean | undefined
      checked?: boolean | undefined
    }
  | { heading: string }
  | 'line'

type MenuProps = {
  items: readonly MenuItem[]
  children: ReactElement
  align?: 'start' | 'center' | 'end' | undefined
  label?: string | undefined
}

export function Menu({ items, children, align = 'start', label }: MenuProps) {
  const [, setOpen] = useState(false)
  return (
    <Radix.Root modal={false} onOpenChange={setOpen}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal container={place()}>
        <Radix.Content
          className={styles.menu}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
        >
          {items.map((item, at) => drawn(item, at, Radix))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export function ContextMenu({ items, children }: Omit<MenuProps, 'align' | 'label'>) {
  const [, setOpen] = useState(false)
  return (
    <RadixContext.Root modal={false} onOpenChange={setOpen}>
      <RadixContext.Trigger asChild>{children}</RadixContext.Trigger>
      <RadixContext.Portal container={place()}>
        <RadixContext.Content className={styles.menu} collisionPadding={8}>
          {items.map((item, at) => drawn(item, at, RadixContext))}
        </RadixContext.Content>
      </RadixContext.Portal>
    </RadixContext.Root>
  )
}

/**
 * Inside the page's main landmark, so that what opens is found where it belongs. Looked up with
 * every opening: the landmark is another one after a change of language.
 */
function place(): HTMLElement | null {
  return document.getElementById('main')
}

type Parts = Pick<typeof Radix, 'Item' | 'Label' | 'Separator'>

function drawn(item: MenuItem, at: number, parts: Parts | typeof RadixContext): ReactElement {
  const { Item, Label, Separator } = parts as Parts
  // Items have no other identity than their place.
  const key = `item-${at}`
  if (item === 'line') return <Separator key={key} className={styles.line} />
  if ('heading' in item) {
    return (
      <Label key={key} className={styles.heading} aria-hidden="true">
        {item.heading}
      </Label>
    )
  }
  const choose = () => {
    item.act?.()
    if (item.to !== undefined) go(item.to)
  }
  return (
    <Item
      key={key}
      className={`${styles.item} ${item.danger === true ? styles.danger : ''}`}
      disabled={item.disabled ?? false}
      onSelect={choose}
    >
      <span className={styles.icon}>{item.checked === true ? <IconCheck /> : item.icon}</span>
      <span className={styles.label}>{item.label}</span>
      {item.hint === undefined ? null : <span className={styles.hint}>{item.hint}</span>}
    </Item>
  )
}
