/**
 * The standard grok patterns by name. Their names and what they match follow logstash-patterns-core
 * (https://github.com/logstash-plugins/logstash-patterns-core, Apache License 2.0); they are
 * written anew here without lookaround, atomic groups and what else has no linear-time form.
 */
import { grokFormats } from './grok-formats.ts'

const number = '[+-]?(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)'
const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})'
const ipv4 = `${octet}(?:\\.${octet}){3}`
const h16 = '[0-9A-Fa-f]{1,4}'

function ipv6(): string {
  const forms = [`(?:${h16}:){7}${h16}`, `(?:${h16}:){6}${ipv4}`]
  // `::` stands for what is missing after each count of leading groups.
  for (let head = 5; head >= 0; head--) {
    const start = head === 0 ? '' : `${h16}(?::${h16}){${head - 1}}`
    const most = 6 - head
    forms.push(`${start}::(?:${h16}:){0,${Math.max(0, most - 1)}}${ipv4}`)
    forms.push(`${start}::(?:${h16}(?::${h16}){0,${most}})?`)
  }
  forms.push(`(?:${h16}:){7}:`)
  return `(?:${forms.join('|')})(?:%[0-9A-Za-z._~-]+)?`
}

const general: Record<string, string> = {
  USERNAME: '[a-zA-Z0-9._-]+',
  USER: '%{USERNAME}',
  EMAILLOCALPART: "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*",
  EMAILADDRESS: '%{EMAILLOCALPART}@%{HOSTNAME}',
  INT: '[+-]?[0-9]+',
  BASE10NUM: number,
  NUMBER: '%{BASE10NUM}',
  BASE16NUM: '[+-]?(?:0x)?[0-9A-Fa-f]+',
  BASE16FLOAT: '[+-]?(?:0x)?(?:[0-9A-Fa-f]+(?:\\.[0-9A-Fa-f]*)?|\\.[0-9A-Fa-f]+)\\b',
  POSINT: '\\b[1-9][0-9]*\\b',
  NONNEGINT: '\\b[0-9]+\\b',
  WORD: '\\b\\w+\\b',
  NOTSPACE: '\\S+',
  SPACE: '\\s*',
  DATA: '.*?',
  GREEDYDATA: '.*',
  QUOTEDSTRING: '"(?:\\\\.|[^\\\\"])*"|\'(?:\\\\.|[^\\\\\'])*\'|`(?:\\\\.|[^\\\\`])*`',
  QS: '%{QUOTEDSTRING}',
  UUID: '[A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}',
  URN: "urn:[0-9A-Za-z][0-9A-Za-z-]{0,31}:(?:%[0-9a-fA-F]{2}|[0-9A-Za-z()+,.:=@;$_!*'/?#-])+",
}

const network: Record<string, string> = {
  CISCOMAC: '(?:[A-Fa-f0-9]{4}\\.){2}[A-Fa-f0-9]{4}',
  WINDOWSMAC: '(?:[A-Fa-f0-9]{2}-){5}[A-Fa-f0-9]{2}',
  COMMONMAC: '(?:[A-Fa-f0-9]{2}:){5}[A-Fa-f0-9]{2}',
  MAC: '%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}',
  IPV6: ipv6(),
  IPV4: `${ipv4}\\b`,
  IP: '%{IPV6}|%{IPV4}',
  HOSTNAME: '\\b[0-9A-Za-z][0-9A-Za-z-]*(?:\\.[0-9A-Za-z][0-9A-Za-z-]*)*\\.?',
  IPORHOST: '%{IP}|%{HOSTNAME}',
  HOSTPORT: '%{IPORHOST}:%{POSINT}',
  HOST: '%{HOSTNAME}',
}

const places: Record<string, string> = {
  PATH: '%{UNIXPATH}|%{WINPATH}',
  UNIXPATH: '(?:/[[:alnum:]_%!$@:.,+~-]*)+',
  TTY: '/dev/(?:pts|tty[pq]?)\\w*/?[0-9]+',
  WINPATH: '(?:[A-Za-z]+:|\\\\)(?:\\\\[^\\\\?*]*)+',
  URIPROTO: '[A-Za-z][A-Za-z0-9+\\-.]+',
  URIHOST: '%{IPORHOST}(?::%{POSINT})?',
  URIPATH: "(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_-]*)+",
  URIQUERY: "[A-Za-z0-9$.+!*'|(){},~@#%&/=:;_?\\[\\]<>-]*",
  URIPARAM: '\\?%{URIQUERY}',
  URIPATHPARAM: '%{URIPATH}(?:\\?%{URIQUERY})?',
  URI: '%{URIPROTO}://(?:%{USER}(?::[^@]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?',
}

const month = [
  '[Jj]an(?:uary|uar)?|[Ff]eb(?:ruary|ruar)?|[Mm](?:a|ä)?r(?:ch|z)?|[Aa]pr(?:il)?|[Mm]a(?:y|i)?',
  '[Jj]un(?:e|i)?|[Jj]ul(?:y|i)?|[Aa]ug(?:ust)?|[Ss]ep(?:tember)?|[Oo](?:c|k)?t(?:ober)?',
  '[Nn]ov(?:ember)?|[Dd]e(?:c|z)(?:ember)?',
].join('|')
const day = 'Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?'

const times: Record<string, string> = {
  MONTH: `\\b(?:${month})\\b`,
  MONTHNUM: '0[1-9]|1[0-2]|[1-9]',
  MONTHNUM2: '0[1-9]|1[0-2]',
  MONTHDAY: '0[1-9]|[12][0-9]|3[01]|[1-9]',
  DAY: `${day}|Sun(?:day)?`,
  YEAR: '(?:[0-9]{2}){1,2}',
  HOUR: '2[0-3]|[01]?[0-9]',
  MINUTE: '[0-5][0-9]',
  SECOND: '(?:60|[0-5]?[0-9])(?:[:.,][0-9]+)?',
  TIME: '%{HOUR}:%{MINUTE}:%{SECOND}',
  DATE_US: '%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}',
  DATE_EU: '%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}',
  DATE: '%{DATE_US}|%{DATE_EU}',
  ISO8601_TIMEZONE: 'Z|[+-]%{HOUR}(?::?%{MINUTE})',
  ISO8601_SECOND: '%{SECOND}',
  ISO8601_HOUR: '2[0-3]|[01][0-9]',
  TIMESTAMP_ISO8601:
    '%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?%{ISO8601_TIMEZONE}?',
  DATESTAMP: '%{DATE}[- ]%{TIME}',
  TZ: '[APMCE][SD]T|UTC',
  DATESTAMP_RFC822: '%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}',
  DATESTAMP_RFC2822: '%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}',
  DATESTAMP_OTHER: '%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}',
  DATESTAMP_EVENTLOG: '%{YEAR}%{MONTHNUM2}%{MONTHDAY}%{HOUR}%{MINUTE}%{SECOND}',
  TIMESTAMP_CN: '%{YEAR}-%{MONTHNUM}-%{MONTHDAY} %{HOUR}:%{MINUTE}:%{SECOND}\\.[0-9]{3}',
  SYSLOGTIMESTAMP: '%{MONTH} +%{MONTHDAY} %{TIME}',
  SYSLOGTIMESTAMP8601: '%{TIMESTAMP_ISO8601}',
  HTTPDATE: '%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}',
  HTTPDERROR_DATE: '%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{YEAR}',
}

const levels = [
  '[Aa]lert|ALERT|[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo?(?:rmation)?',
  'INFO?(?:RMATION)?|[Ww]arn?(?:ing)?|WARN?(?:ING)?|[Ee]rr?(?:or)?|ERR?(?:OR)?|[Cc]rit?(?:ical)?',
  'CRIT?(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|EMERG(?:ENCY)?|[Ee]merg(?:ency)?',
].join('|')

const programs: Record<string, string> = {
  PROG: '[\\x21-\\x5a\\x5c\\x5e-\\x7e]+',
  SYSLOGHOST: '%{IPORHOST}',
  LOGLEVEL: levels,
  HTTPDUSER: '%{EMAILADDRESS}|%{USER}',
  JAVACLASS: '(?:[a-zA-Z$_][a-zA-Z$_0-9]*\\.)*[a-zA-Z$_][a-zA-Z$_0-9]*',
  JAVAFILE: '(?:[a-zA-Z$_0-9. -]+)',
  JAVAMETHOD: '(?:<(?:cl)?init>)|[a-zA-Z$_][a-zA-Z$_0-9]*',
  JAVATHREAD: '(?:[A-Z]{2}-Processor[\\d]+)',
  JAVALOGMESSAGE: '(?:.*)',
  CATALINA_DATESTAMP: '%{MONTH} %{MONTHDAY}, %{YEAR} %{HOUR}:%{MINUTE}:%{SECOND} (?:AM|PM)',
  TOMCAT_DATESTAMP: '%{YEAR}-%{MONTHNUM}-%{MONTHDAY} %{HOUR}:%{MINUTE}:%{SECOND}',
  SYSLOG5424PRINTASCII: '[!-~]+',
  SYSLOG5424PRI: '<%{NONNEGINT:syslog5424_pri}>',
  SYSLOG5424SD: '\\[%{DATA}\\]+',
  RUBY_LOGLEVEL: 'DEBUG|FATAL|ERROR|WARN|INFO',
  MONGO_QUERY: '\\{.*?\\} ntoreturn:',
  MONGO_WORDDASH: '\\b[\\w-]+\\b',
  MONGO3_SEVERITY: '\\w',
  MONGO3_COMPONENT: '%{WORD}|-',
  REDISTIMESTAMP: '%{MONTHDAY} %{MONTH} %{TIME}',
  POSTGRESQL_DATESTAMP: '%{DATESTAMP} %{TZ}',
}

const shared = { ...general, ...network, ...places, ...times, ...programs }
const banks = {
  disabled: Object.freeze({ ...shared, ...grokFormats('disabled') }),
  v1: Object.freeze({ ...shared, ...grokFormats('v1') }),
}

/** Names to patterns: with plain field names, or with those of ECS. */
export function grokPatterns(ecs: 'disabled' | 'v1'): Readonly<Record<string, string>> {
  return banks[ecs]
}
