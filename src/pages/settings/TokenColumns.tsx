/** The columns that every list of tokens ends with: made, used, state and the way to end it. */
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import type { Column } from '../../ui/table/DataTable.tsx'
import { type AnyToken, revokeToken, type TokenPath } from './tokens.ts'

export function sharedColumns<One extends AnyToken>(path: TokenPath): Column<One>[] {
  return [
    {
      id: 'created',
      title: t('settings.tokens.created'),
      width: '1fr',
      sort: (token) => token.created_ms,
      cell: (token) => <RelativeTime time_ms={token.created_ms} />,
    },
    {
      id: 'used',
      title: t('settings.tokens.used'),
      width: '1fr',
      sort: (token) => token.last_used_ms ?? 0,
      cell: (token) =>
        token.last_used_ms === null ? (
          t('settings.tokens.never')
        ) : (
          <RelativeTime time_ms={token.last_used_ms} />
        ),
    },
    {
      id: 'state',
      title: t('settings.tokens.state'),
      width: '1fr',
      sort: (token) => (token.revoked_ms === null ? 1 : 0),
      cell: (token) => <State token={token} />,
    },
    {
      id: 'act',
      title: t('settings.tokens.action'),
      width: 110,
      align: 'end',
      cell: (token) => <Revoke token={token} path={path} />,
    },
  ]
}

function State({ token }: { token: AnyToken }) {
  if (token.revoked_ms === null) {
    return <StatusDot status="ok" label={t('settings.tokens.active')} />
  }
  return <StatusDot status="unknown" label={t('settings.tokens.revoked')} />
}

function Revoke({ token, path }: { token: AnyToken; path: TokenPath }) {
  if (token.revoked_ms !== null) return null
  return (
    <Button
      kind="danger"
      aria-label={t('settings.tokens.revoke_named', { name: token.name })}
      onClick={() => revokeToken(token, path)}
    >
      {t('settings.tokens.revoke')}
    </Button>
  )
}
