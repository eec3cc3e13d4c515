/** Cluster, then namespace: the place that every question is asked about. */
import { IconTopologyStar3 } from '@tabler/icons-react'
import { useMemo } from 'react'
import { scopePlaces } from '../pages/shell/contract.ts'
import { useAsk } from '../ui/ask/ask.ts'
import { t } from '../ui/i18n/translate.ts'
import { type Choice, Combobox } from '../ui/parts/Select.tsx'
import { useRange } from '../ui/range/range.ts'

const day_ms = 86400e3

export function ScopePicker() {
  const { cluster, namespace, setScope, to_ms } = useRange()
  // Whole days: the list changes seldom, and one answer then serves every page.
  const to = Math.ceil(to_ms / day_ms) * day_ms
  const asked = useAsk(scopePlaces, { from_ms: to - 2 * day_ms, to_ms: to })
  const choices = useMemo(
    () => placesAsChoices(asked.answer ?? { cluster: [], namespace: [] }),
    [asked.answer],
  )
  const value = JSON.stringify([cluster, namespace])
  const isKnown = choices.some((choice) => choice.value === value)
  const own = { value, label: [cluster, namespace].filter(Boolean).join(' › ') }
  return (
    <Combobox
      label={t('shell.scope')}
      icon={<IconTopologyStar3 />}
      value={value}
      choices={isKnown ? choices : [own, ...choices]}
      empty={t('shell.scope.none')}
      onChange={(chosen) => {
        const [nextCluster = '', nextNamespace = ''] = JSON.parse(chosen) as string[]
        setScope({ cluster: nextCluster, namespace: nextNamespace })
      }}
    />
  )
}

/** Everywhere, each cluster, and each namespace of it. Pure. */
export function placesAsChoices(places: { cluster: string[]; namespace: string[] }): Choice[] {
  const choices: Choice[] = [
    { value: JSON.stringify(['', '']), label: t('shell.scope.everything') },
  ]
  const seen = new Set<string>()
  places.cluster.forEach((cluster, at) => {
    const namespace = places.namespace[at] ?? ''
    if (cluster !== '' && !seen.has(cluster)) {
      seen.add(cluster)
      const hint = t('shell.scope.all_namespaces')
      choices.push({ value: JSON.stringify([cluster, '']), label: cluster, hint })
    }
    if (namespace !== '') {
      const label = cluster === '' ? namespace : `${cluster} › ${namespace}`
      choices.push({ value: JSON.stringify([cluster, namespace]), label })
    }
  })
  return choices
}
