/**
 * Elasticsearch, as its clients know it: Beats, Logstash, Fluentd, Fluent Bit, rsyslog and the
 * language clients send here what they would send there.
 */
import type { Receiver } from '../../receiver.ts'
import { elasticService } from './elastic-service.ts'

export const elastic: Receiver = {
  name: 'elastic',
  services: [
    elasticService([{ listener: 'elastic', under: '' }], true),
    elasticService(
      [
        { listener: 'ui', under: '/elastic' },
        { listener: 'ui', under: '/es' },
      ],
      false,
    ),
  ],
}
