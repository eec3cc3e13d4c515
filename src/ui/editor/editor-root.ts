/**
 * The document as the editor sees it: without a head. Our content security policy refuses <style>
 * elements, which the editor would put there; without a head it adopts its sheets, which may be.
 */

let seen: Document | undefined

export function editorRoot(): Document {
  seen ??= new Proxy(document, {
    get(target, key) {
      if (key === 'head') return undefined
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  })
  return seen
}
