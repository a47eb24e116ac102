import { AwsJson1_0Protocol } from '@aws-sdk/core/protocols'
import { z } from 'zod'

type Serialize = AwsJson1_0Protocol['serializeRequest']
type Deserialize = AwsJson1_0Protocol['deserializeResponse']

const API = 'GetMetricData'

/** The two times of an input; the rest goes as it is. */
const input = z.looseObject({ StartTime: z.date(), EndTime: z.date() })

/**
 * AWS JSON as the SDK speaks it, with the bodies of GetMetricData written and read by `JSON` itself: the SDK's walk over its schema
 * makes a Date of every time and takes longer than all the rest of the call. Everything else is the SDK's: signing, credentials,
 * retries, errors, and every other API. Times stay seconds since the epoch; whoever reads the answer checks its shape.
 */
export class MetricDataProtocol extends AwsJson1_0Protocol {
  override async serializeRequest(...[operation, given, context]: Parameters<Serialize>): ReturnType<Serialize> {
    if (operation.name !== API) return super.serializeRequest(operation, given, context)
    const request = await super.serializeRequest(operation, {}, context)
    const { StartTime, EndTime, ...rest } = input.parse(given)
    request.body = JSON.stringify({ ...rest, StartTime: seconds(StartTime), EndTime: seconds(EndTime) })
    return request
  }

  override async deserializeResponse<Output extends Awaited<ReturnType<Deserialize>>>(...[operation, context, response]: Parameters<Deserialize>): Promise<Output> {
    if (operation.name !== API || response.statusCode >= 300) return super.deserializeResponse(operation, context, response)
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) chunks.push(chunk)
    return { ...JSON.parse(Buffer.concat(chunks).toString()), $metadata: this.deserializeMetadata(response) }
  }
}

function seconds(at: Date): number {
  return at.getTime() / 1_000
}
