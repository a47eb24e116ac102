import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { invocation, scratch } from '../testing/cli.ts'
import { collectorNames, notifierNames } from './catalogue.ts'
import { typescriptConfig, yamlConfig } from './config-text.ts'

const subsets = <T>(all: readonly T[]): T[][] => all.reduce<T[][]>((sets, one) => sets.flatMap((set) => [set, [...set, one]]), [[]]).filter((set) => set.length > 0)

/** Every choice that `init` takes. */
const CHOICES = subsets(collectorNames).flatMap((watch) =>
  subsets(notifierNames).map((notify, index) => ({ name: 'my-app', watch, notify, regions: ['us-west-2', 'eu-central-1'], to: ['a@example.com', 'b@example.com'], ...(index % 2 === 0 ? {} : { channel: '#ops' }) })),
)
const FILES = CHOICES.flatMap((choice, index) => {
  const typescript = typescriptConfig(choice)
  return [{ file: `${index}.yaml`, text: yamlConfig(choice) }, ...(typescript === undefined ? [] : [{ file: `${index}.ts`, text: typescript }])]
})

/** A program is imported by Node itself, so one Node of its own loads them all, as `check` does. */
const CHECK_ALL = `
import { readFileSync, writeFileSync } from 'node:fs'
import { loadMonitor } from ${JSON.stringify(import.meta.resolve('@tocsin/core'))}
const wrong = []
for (const { file, text } of JSON.parse(readFileSync('files.json', 'utf8'))) {
  writeFileSync(file, text)
  try {
    const { monitor } = await loadMonitor({ file, from: ${JSON.stringify(import.meta.url)} })
    for (const channel of Object.values(monitor.notify)) wrong.push(...channel.check().map((error) => file + ' ' + error))
  } catch (error) {
    wrong.push(file + ' ' + error)
  }
}
console.log(JSON.stringify(wrong))
`

it('writes at most twelve lines, whatever is chosen', () => {
  expect(CHOICES).toHaveLength((2 ** collectorNames.length - 1) * (2 ** notifierNames.length - 1))
  expect(FILES.filter(({ text }) => text.trimEnd().split('\n').length > 12)).toEqual([])
})

it('writes TypeScript as long as its imports leave room', () => {
  const choice = { name: 'x', regions: ['us-west-2'], to: ['a@example.com'] }
  expect(typescriptConfig({ ...choice, watch: ['host', 'ec2'], notify: ['console', 'file', 'slack', 'email'] })?.trimEnd().split('\n')).toHaveLength(12)
  expect(typescriptConfig({ ...choice, watch: ['host', 'ec2', 'rds'], notify: ['slack', 'email'] })).toBeUndefined()
})

it('writes what passes check, whatever is chosen', async () => {
  const folder = await scratch()
  await writeFile(join(folder, 'files.json'), JSON.stringify(FILES))
  const env = {
    WEBHOOK_URL: 'https://example.com/hook',
    SNS_TOPIC_ARN: 'arn:aws:sns:us-west-2:123456789012:ops',
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/x',
    SLACK_BOT_TOKEN: 'xoxb-1',
    SMTP_URL: 'smtp://mail.example.com',
  }
  const { file, options } = invocation([], folder, env)
  const { stdout } = await promisify(execFile)(file, ['--conditions=source', '--input-type=module', '--eval', CHECK_ALL], options)
  expect(z.array(z.string()).parse(JSON.parse(stdout))).toEqual([])
}, 120_000)
