import type { STSClientConfig } from '@aws-sdk/client-sts'

/** What every SDK client is made with: region, credentials, address, the shared HTTP handler and how to retry. */
export type ClientConfig = Pick<STSClientConfig, 'region' | 'credentials' | 'endpoint' | 'requestHandler' | 'retryMode' | 'retryStrategy' | 'maxAttempts'>
