/** A link inside the product: keeps time range and scope, and leaves new tabs to the browser. */
import { type AnchorHTMLAttributes, type MouseEvent, useCallback } from 'react'
import { go, href, type Query, useQuery } from './location.ts'

export type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & {
  to: string
  query?: Query | undefined
}

export function Link({ to, query, onClick, ...rest }: LinkProps) {
  useQuery()
  const address = href(to, query)
  const click = useCallback(
    (event: MouseEvent<HTMLAnchorElement>) => {
      onClick?.(event)
      const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
      if (!isPlain || event.defaultPrevented) return
      event.preventDefault()
      go(address)
    },
    [address, onClick],
  )
  return <a {...rest} href={address} onClick={click} />
}
