/** uri_parts: an address as its parts. */
import type { DocumentMap } from '../../document.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const uriParts: ProcessorKind = {
  type: 'uri_parts',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const target = options.field('target_field', 'url')
    const isRemoving = options.boolean('remove_if_successful', false)
    const isKeeping = options.boolean('keep_original', true)
    const ignoreMissing = options.boolean('ignore_missing', false)
    return (run) => {
      const text = run.readText(field, ignoreMissing)
      if (text === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${name}] is null, cannot process it.`)
      }
      const parts = partsOf(text)
      if (isKeeping) parts.set('original', text)
      if (isRemoving && target.text !== field.text) run.remove(field)
      run.write(target, parts)
      return undefined
    }
  },
}

const uri = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

function partsOf(text: string): DocumentMap {
  const found = uri.exec(text)
  const [, scheme, authority, path = '', query, fragment] = found ?? []
  const place = /^(?:(.*)@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/s.exec(authority ?? '')
  const isFit = found !== null && place !== null && !/[\s<>"{}|\\^`]/.test(authority ?? '')
  const isLoose = scheme !== undefined && authority !== undefined
  if (!isFit || text === '' || (/[\s<>"{}|\\^`]/.test(text) && !isLoose)) {
    throw new ProcessorFailure(`unable to parse URI [${text}]`)
  }
  const [, user, host = '', port = ''] = place
  const parts: DocumentMap = new Map()
  if (host !== '') parts.set('domain', host)
  if (fragment !== undefined) parts.set('fragment', decoded(fragment))
  if (authority !== undefined || path !== '') {
    const plain = decoded(path)
    parts.set('path', plain)
    const last = plain.slice(plain.lastIndexOf('/') + 1)
    if (plain.includes('/') && last.includes('.')) {
      parts.set('extension', last.slice(last.lastIndexOf('.') + 1))
    }
  }
  if (port !== '') parts.set('port', Number(port))
  if (query !== undefined) parts.set('query', decoded(query))
  if (scheme !== undefined) parts.set('scheme', scheme)
  if (user !== undefined) {
    const plain = decoded(user)
    const colon = plain.indexOf(':')
    parts.set('user_info', plain)
    if (colon >= 0) {
      parts.set('username', plain.slice(0, colon))
      parts.set('password', plain.slice(colon + 1))
    }
  }
  return parts
}

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}
