/** Takes the name of a container image apart. */

export type Image = { name: string; tag: string; version: string }

/** `registry:5000/shop/cart:1.2@sha256:…`: a colon before the last slash belongs to a port. */
export function imageOf(image: string): Image {
  const [named = '', digest = ''] = image.split('@', 2)
  const slash = named.lastIndexOf('/')
  const colon = named.indexOf(':', slash + 1)
  const name = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? '' : named.slice(colon + 1)
  return { name, tag, version: [tag, digest].filter((word) => word !== '').join('@') }
}
