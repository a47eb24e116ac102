import { X509Certificate } from 'node:crypto'
import { getCACertificates } from 'node:tls'
import { TocsinError } from '@tocsin/core'
import { readOptionFile } from './read-option-file.ts'

/**
 * Node's certificate authorities and those of a PEM file.
 *
 * @throws TocsinError E110 when the file cannot be read, E111 when it does not start with a certificate.
 */
export function trustedAuthorities(path: string): string[] {
  const pem = readOptionFile(path, 'ca')
  try {
    new X509Certificate(pem)
  } catch (cause) {
    throw new TocsinError('E111', 'not a PEM file of certificates', { where: path, fix: 'give the certificate of your authority, which starts with -----BEGIN CERTIFICATE-----', cause, permanent: true })
  }
  return [...getCACertificates('default'), pem]
}
