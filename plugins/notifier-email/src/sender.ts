import { hostname } from 'node:os'
import { TocsinError } from '@tocsin/core'
import { type Mailbox, parseMailbox } from './mailbox.ts'
import type { SmtpServer } from './smtp-server.ts'

const NAME = 'Tocsin'

/**
 * Who mail comes from: the option, else `SMTP_FROM`, else the login where that is an address (most servers let a login send only as
 * itself), else this host.
 *
 * @throws TocsinError E103 when `SMTP_FROM` is not an address.
 */
export function sender(option: Mailbox | undefined, { login }: Pick<SmtpServer, 'login'>): Mailbox {
  const from = option ?? environmentSender() ?? (login && parseMailbox(login.user)) ?? { name: NAME, address: `tocsin@${hostname()}` }
  return from.name === '' ? { name: NAME, address: from.address } : from
}

function environmentSender(): Mailbox | undefined {
  const text = process.env['SMTP_FROM']
  if (text === undefined || text === '') return undefined
  const from = parseMailbox(text)
  if (from === undefined) throw new TocsinError('E103', 'SMTP_FROM is not an address', { fix: 'write one address: tocsin@example.com or "Tocsin <tocsin@example.com>"', permanent: true })
  return from
}
