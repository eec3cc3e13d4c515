/**
 * The release of Elasticsearch whose protocol is spoken here, in one place: clients choose what
 * they send by it, and Beats refuse a server that is older than themselves.
 */
export const elasticVersion = '8.19.0'
export const luceneVersion = '9.12.2'
export const clusterName = 'crowsnest'
