/** Selectors and details of names as the completion of PromQL needs them. Pure. */

type Condition = { name: string; operator: string; value: string }

const plainLabel = /^[a-zA-Z_]\w*$/

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`
}

/** Names with dots and others that are no plain words are written in quotes, inside the braces. */
export function selectorText(metric: string, conditions: readonly Condition[]): string {
  const own = metric === '' ? [] : [`__name__=${quote(metric)}`]
  const others = conditions.map(
    ({ name, operator, value }) =>
      `${plainLabel.test(name) ? name : quote(name)}${operator}${quote(value)}`,
  )
  const all = [...own, ...others]
  return all.length === 0 ? '' : `{${all.join(',')}}`
}

/** `counter · Requests served` as the kind and the help of a metric. */
export function wordDetail(detail: string): { type: string; help: string }[] {
  if (detail === '') return []
  const [type = '', ...help] = detail.split(' · ')
  return [{ type, help: help.join(' · ') }]
}
