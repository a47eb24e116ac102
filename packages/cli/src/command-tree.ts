import { Argument, Command, Option } from 'commander'
import { SHELLS } from './completion/shells.ts'
import { EXIT_CODES } from './exit-code.ts'
import type { Invocation } from './invocation.ts'
import type { Outcome } from './outcome.ts'
import { KINDS } from './scaffold/template.ts'
import type { Shell } from './shell.ts'
import { version } from './version.ts'

/** What a command does, once its options are read. */
export type CommandBody = (invocation: Invocation) => Promise<Outcome>

/** Makes a command's action of its body, which is loaded only when the command is the one that was typed. */
type Does = (load: () => Promise<CommandBody>) => (...all: unknown[]) => Promise<void>

/** Every command with its options and help. */
export function commandTree(shell: Pick<Shell, 'stdout'>, does: Does): Command {
  const root = new Command('tocsin')
    .description('Watches AWS resources and hosts, and tells who must know.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => void shell.stdout.write(text), writeErr: () => {} })
    .option('-c, --config <file>', 'the configuration (default: tocsin.config.ts, tocsin.yaml and their like, here or in a folder above)')
    .option('--json', 'print one JSON object on stdout')
    .option('--debug', 'print debug messages and stack traces on stderr')
    .option('--no-color', 'print no colours (so does NO_COLOR; FORCE_COLOR prints them)')
    .addHelpText('after', `\nExit codes:\n${EXIT_CODES.toSorted((a, b) => a.code - b.code).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n')}`)
  addWatching(root, does)
  addPast(root, does)
  addActing(root, does)
  addSilences(root, does)
  addRouting(root, does)
  addOutbox(root, does)
  addChecking(root, does)
  addCompletion(root, does)
  addPlugins(root, does)
  addReport(root, does)
  return root
}

function addWatching(root: Command, does: Does): void {
  root
    .command('init')
    .description('write a configuration: asks on a terminal, takes flags elsewhere')
    .option('--watch <names>', 'what to watch: host, ec2, rds, s3, cloudwatch', list)
    .option('--regions <regions>', 'AWS regions to watch', list)
    .option('--notify <names>', 'whom to tell: console, file, slack, email, sns, webhook', list)
    .option('--channel <name>', 'the Slack channel')
    .option('--to <addresses>', 'the mail addresses', list)
    .addOption(new Option('--from <file>', 'write what a config.json of the old script stands for, as tocsin.yaml').conflicts(['watch', 'notify', 'channel', 'to']))
    .option('--yaml', 'write tocsin.yaml in place of tocsin.config.ts')
    .option('-y, --yes', 'ask nothing; take the default where a flag is missing')
    .option('--install', 'install the packages that it needs, with npm')
    .option('--force', 'overwrite a file that exists')
    .action(does(async () => (await import('./commands/init.ts')).init))
  root
    .command('check')
    .description('read the configuration, offline but for values kept at AWS, and say what is wrong with it or what it does')
    .option('--plan', 'say what it is going to cost, too: looks for resources, asks nothing that costs')
    .action(does(async () => (await import('./commands/check.ts')).check))
  root
    .command('run')
    .description('watch: one pass, or on and on')
    .option('--continuous', 'go on until stopped')
    .option('--interval <time>', 'time between two passes, in place of the configured one: seconds, or 5m')
    .option('--standby', 'wait while another process runs this monitor, and take over when that one ends')
    .option('-n, --dry-run', 'tell nobody and keep nothing')
    .option('--only <collector>', 'run this collector only; may be repeated', repeated)
    .addOption(new Option('--region <region>', 'the region, for a config.json of the old script').hideHelp())
    .option('--exit-code', 'exit 10 when an alert is a warning, 11 when one is critical')
    .action(does(async () => (await import('./commands/run.ts')).run))
  root
    .command('test-notify')
    .description('send a message marked TEST to everybody, or to one')
    .argument('[name]', 'a name in `notify`')
    .addOption(severity('--severity', 'the level of the message'))
    .option('--resolve', 'send the end of an alert in place of its beginning')
    .action(does(async () => (await import('./commands/test-notify.ts')).testNotify))
}

function addCompletion(root: Command, does: Does): void {
  root
    .command('completion')
    .description('print what makes a shell complete commands, options and ids')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action(does(async () => (await import('./commands/completion.ts')).completion))
  root
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(does(async () => (await import('./commands/complete.ts')).complete))
}

function addChecking(root: Command, does: Does): void {
  root
    .command('doctor')
    .description('try credentials, permissions, regions, channels, store, clock and disk, and say how to mend what is wrong; nobody is told anything')
    .option('--offline', 'ask nothing that is not on this machine')
    .action(does(async () => (await import('./commands/doctor.ts')).doctor))
  root
    .command('iam')
    .description('print the least AWS policy that the configuration needs, offline but for values kept at AWS')
    .addOption(new Option('--terraform', 'as an aws_iam_policy_document of Terraform'))
    .option('--identity <name>', 'whose policy, where there are several: the ARN of a role, or "profile dev"')
    .addOption(new Option('--diff', 'say what of it the runs so far were refused').conflicts(['terraform', 'identity']))
    .action(does(async () => (await import('./commands/iam.ts')).iam))
}

function addPast(root: Command, does: Does): void {
  root
    .command('backtest')
    .description('run the rules over the past: the alerts and messages that would have come of it; nothing is sent')
    .option('--in <path>', 'a CSV or JSON file of points, or a folder of them; may be repeated (default: what the state keeps of what the monitor saw)', repeated)
    .option('--fetch', 'read the past from the sources themselves (CloudWatch) in place of the state; what that costs is said first')
    .option('--yes', 'pay for what is fetched without being asked')
    .option('--rule <rule>', 'the rule that judges the files: ec2.cpu; without files, the only rule to run')
    .option('--since <time>', 'begin so long before the newest point: 14d; or at a time, written as for silence --until')
    .option('--set <option=value>', 'try a value: ec2.cpu.critical=85; may be repeated', repeated)
    .option('--compare <file>', 'show what is different with another configuration')
    .option('--no-advice', 'do not try other values of the critical line')
    .option('--out <folder>', 'write the files of --in there, with the anomaly score of each row, in place of a report')
    .addOption(new Option('--method <name>', 'score by this method of the anomaly evaluator, without a configuration (default: auto)').conflicts('rule'))
    .action(does(async () => (await import('./commands/backtest.ts')).backtest))
}

const ALERT_IDS = 'alerts: the beginning of the id in "tocsin alerts", or <rule>/<resource>'
const BY = 'who acts (default: the system\'s name of this user)'

function addOutbox(root: Command, does: Does): void {
  const outbox = root.command('outbox').description('look after the messages on their way')
  outbox
    .command('list')
    .description('list the messages that are on their way or were given up')
    .option('--all', 'those that arrived or were dropped too')
    .action(does(async () => (await import('./commands/outbox-list.ts')).outboxList))
  outbox
    .command('retry')
    .description('have messages sent again, those that were given up included')
    .argument('<ids...>', 'the beginning of the id in "tocsin outbox list"')
    .action(does(async () => (await import('./commands/outbox-change.ts')).outboxRetry))
  outbox
    .command('drop')
    .description('give messages up for good')
    .argument('<ids...>', 'the beginning of the id in "tocsin outbox list"')
    .action(does(async () => (await import('./commands/outbox-change.ts')).outboxDrop))
}

function addPlugins(root: Command, does: Does): void {
  const plugin = root.command('plugin').description('make plugins and look after them')
  plugin
    .command('new')
    .description('write a package with code, test, README and sample, which passes its tests as it is')
    .argument('<name>', 'what monitors will call it: queue, @acme/queue')
    .addOption(new Option('--kind <kind>', 'what it does').choices(KINDS).makeOptionMandatory())
    .action(does(async () => (await import('./commands/plugin-new.ts')).pluginNew))
  plugin
    .command('list')
    .description('list the plugins that a configuration here finds by name, with their versions')
    .action(does(async () => (await import('./commands/plugin-list.ts')).pluginList))
  plugin
    .command('test')
    .description('say whether a plugin loads, fits this version, calls its contract suite, and passes its tests')
    .argument('[folder]', 'its folder (default: this one)')
    .action(does(async () => (await import('./commands/plugin-test.ts')).pluginTest))
}

function addReport(root: Command, does: Does): void {
  root
    .command('report')
    .description('print a report of the last whole week, day, hour or month, or send it')
    .argument('[name]', 'weekly, hourly, daily, monthly, or a name in `reports`', 'weekly')
    .option('--at <time>', 'the issue that would fall due then, written "2026-03-01 18:00" or ISO 8601 with an offset (default: now)')
    .option('--so-far', 'the period that runs now, as far as it has come')
    .option('--send', 'send it to its receivers, or to all who can get reports where it is not configured')
    .option('--html <file>', 'write it as a page that shows its pictures by itself')
    .option('--eml <file>', 'write it as a mail')
    .option('--open', 'show it in a browser')
    .action(does(async () => (await import('./commands/report.ts')).report))
}

function addActing(root: Command, does: Does): void {
  root
    .command('alerts')
    .description('list the alerts that are active, as the last run left them, and who deals with them')
    .action(does(async () => (await import('./commands/alerts.ts')).alerts))
  root
    .command('explain')
    .description('say who was told of an alert and why, or why nobody was: the chain from its points to the receivers\' answers')
    .argument('<id>', 'alert: the beginning of the id in "tocsin alerts", or <rule>/<resource>')
    .option('--at <time>', 'as things stood then: 03:12 (the last) or "2026-03-01 03:12" on the monitor\'s clock, or ISO 8601 with an offset (default: now)')
    .action(does(async () => (await import('./commands/explain.ts')).explain))
  root
    .command('ack')
    .description('take alerts on: repeats and escalation steps stop, their end is still told')
    .argument('<ids...>', ALERT_IDS)
    .option('--comment <text>', 'what you know or do about it')
    .option('--for <time>', 'give it back by itself after this: 2h (default: never)')
    .option('--sticky', 'keep it though the level rises')
    .addOption(new Option('--undo', 'give them back: the escalation begins again at its first step').conflicts(['comment', 'for', 'sticky']))
    .option('--by <name>', BY)
    .action(does(async () => (await import('./commands/ack.ts')).ack))
  root
    .command('snooze')
    .description('keep alerts quiet for a while, 7 days at most; their end is still told')
    .argument('<ids...>', ALERT_IDS)
    .addOption(new Option('--for <time>', 'for this long: 2h').conflicts('until'))
    .option('--until <time>', 'until a time: 18:00 or "2026-03-01 18:00" on the monitor\'s clock, or ISO 8601 with an offset')
    .option('--even-critical', 'stay quiet though it is or becomes critical')
    .addOption(new Option('--undo', 'let them be heard again').conflicts(['for', 'until', 'evenCritical']))
    .option('--by <name>', BY)
    .action(does(async () => (await import('./commands/snooze.ts')).snooze))
}

function addSilences(root: Command, does: Does): void {
  const silence = root.command('silence').description('keep kinds of alerts quiet, those to come included')
  silence
    .command('add')
    .description('hide alerts by their labels; nobody hears that they begin')
    .argument('<matchers...>', 'labels that an alert must have, all of them: rule=ec2.cpu \'name=~"web-.*"\', also !=, !~, and level')
    .option('--or <matchers>', 'or these, all of them: \'rule=rds.cpu,level=warning\'; may be repeated', repeated)
    .addOption(new Option('--for <time>', 'for this long: 2h').conflicts('until'))
    .option('--until <time>', 'until a time: 18:00 or "2026-03-01 18:00" on the monitor\'s clock, or ISO 8601 with an offset')
    .addOption(new Option('--until-resolved', 'until the alerts that it hides now have ended').conflicts(['from', 'weekdays', 'times', 'timeZone']))
    .option('--from <time>', 'begin at a time, written as for --until (default: now)')
    .option('--weekdays <days>', 'again and again, on these days: monday:friday,sunday', list)
    .option('--times <times>', 'again and again, at these times: 22:00-23:30, also past midnight', list)
    .option('--time-zone <zone>', 'IANA zone of --weekdays and --times (default: the monitor\'s)')
    .option('--comment <text>', 'why')
    .option('--by <name>', BY)
    .option('-n, --dry-run', 'keep nothing; say what it would hide')
    .action(does(async () => (await import('./commands/silence-add.ts')).silenceAdd))
  silence
    .command('list')
    .description('list the silences that hold or will')
    .option('--all', 'those that are over too')
    .action(does(async () => (await import('./commands/silence-list.ts')).silenceList))
  silence
    .command('expire')
    .description('end silences now')
    .argument('<ids...>', 'the beginning of the id in "tocsin silence list"')
    .action(does(async () => (await import('./commands/silence-expire.ts')).silenceExpire))
}

function addRouting(root: Command, does: Does): void {
  const routes = root
    .command('routes')
    .description('print the tree of routes, or try it')
    .action(does(async () => (await import('./commands/routes.ts')).routes))
  routes
    .command('test')
    .description('say which routes take an alert with these labels, who is told and when')
    .argument('<labels...>', 'labels of the alert: rule=ec2.cpu tag_team=db')
    .addOption(severity('--level', 'the level of the alert (default: each of the two)'))
    .action(does(async () => (await import('./commands/routes-test.ts')).routesTest))
  root
    .command('migrate')
    .description('make a monitor of an alertmanager.yml, or of the config.json of the old script: the monitor on stdout, what differs on stderr')
    .argument('<file>', 'the file')
    .option('--output <file>', 'write the monitor to a file, mode 0600, in place of stdout')
    .option('--force', 'overwrite a file that exists')
    .action(does(async () => (await import('./commands/migrate.ts')).migrate))
}

const severity = (flag: string, help: string): Option => new Option(`${flag} <level>`, help).choices(['warning', 'critical'])

const repeated = (one: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), one]

/** `host,ec2`, or the flag repeated. */
const list = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), ...text.split(',').map((part) => part.trim()).filter((part) => part !== '')]
