import { type AskedValue, type Monitor, oneLine } from '@tocsin/core'
import { z } from 'zod'
import { EXIT, exitCodeOf, strongest } from '../exit-code.ts'
import { type DeniedCall, deniedCalls } from '../iam/denied-calls.ts'
import { type Policy, policiesOf, policyText } from '../iam/policies.ts'
import { terraform } from '../iam/terraform.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { type Problem, problemsOf } from '../problem.ts'
import { withState } from '../run/open-state.ts'
import { columns } from '../text/columns.ts'
import { agoWords } from '../view/ago-words.ts'
import { isoTime } from '../view/cycle-json.ts'
import { usageError } from '../usage-error.ts'

const iamOptions = z.object({ identity: z.string().optional(), terraform: z.boolean().default(false), diff: z.boolean().default(false) })

/** `tocsin iam`: the least policy that the configuration needs, or what of it the runs so far were refused. */
export async function iam(invocation: Invocation): Promise<Outcome> {
  const { identity, terraform: asTerraform, diff } = iamOptions.parse(invocation.options)
  if (diff) return compare(invocation)
  const { monitor, asked, problems } = await loaded(invocation)
  const all = policiesOf(monitor, asked)
  if (all.length === 0) return { exit: EXIT.fine, data: { policies: [] }, notes: ['nothing that is configured calls AWS: no policy is needed'], next: 'tocsin run' }
  const wanted = identity === undefined ? all : [chosen(all, identity)]
  return {
    exit: strongest(problems.map(({ code }) => exitCodeOf(code))),
    data: { policies: wanted },
    problems,
    lines: asTerraform ? terraform(wanted) : wanted.slice(0, 1).map(({ document }) => policyText(document)),
    notes: [...wanted.flatMap(conditions), ...(asTerraform ? [] : others(wanted)), ...(problems.length > 0 ? [ONLY_VALUES] : [])],
    next: problems.length > 0 ? 'tocsin iam' : 'tocsin doctor',
  }
}

const ONLY_VALUES = 'this is what reading the configuration needs and no more: run "tocsin iam" again once it is allowed'

interface Loaded {
  readonly monitor: Pick<Monitor, 'watch' | 'notify' | 'record'>
  readonly asked: readonly AskedValue[]
  /** Why the values that were asked for did not come. */
  readonly problems: readonly Problem[]
}

/** The monitor; an empty one where its values cannot be read: what they need is told all the same, or nobody could ever allow it. */
async function loaded(invocation: Invocation): Promise<Loaded> {
  const asked: AskedValue[] = []
  try {
    const { monitor } = await loadConfigured(invocation, { onAsk: (value) => void asked.push(value) })
    return { monitor, asked, problems: [] }
  } catch (error) {
    const problems = problemsOf(error)
    if (asked.length === 0 || !problems.every(({ code }) => code.startsWith('E2'))) throw error
    return { monitor: { watch: [], notify: {}, record: {} }, asked, problems }
  }
}

function chosen(policies: readonly Policy[], wanted: string): Policy {
  const found = policies.find(({ identity }) => identity === wanted)
  if (found === undefined) throw usageError(`--identity: nothing is called as "${oneLine(wanted)}"`, `one of: ${policies.map(({ identity }) => identity).join(', ')}`, 'tocsin iam')
  return found
}

const conditions = ({ identity, onlyIf }: Policy): string[] => onlyIf.map(({ actions, condition }) => `${identity} also needs ${actions.join(', ')} if ${condition}`)

/** JSON holds one document: the others are named. */
const others = ([shown, ...rest]: readonly Policy[]): string[] =>
  rest.length === 0 || shown === undefined ? [] : [`this is for ${shown.identity}; there ${rest.length === 1 ? 'is 1 more' : `are ${rest.length} more`}:`, ...rest.map(({ identity }) => `  tocsin iam --identity ${JSON.stringify(identity)}`)]

/** Whether an action is one that a policy allows in its own words, which may end in a star. */
const allows = (policies: readonly Policy[], action: string): boolean => policies.some(({ document }) => document.Statement.some(({ Action }) => Action.includes(action)))

function compare(invocation: Invocation): Promise<Outcome> {
  return withState(invocation, { readOnly: true }, async ({ monitor, store, now }) => {
    const policies = policiesOf(monitor)
    const denied = (await deniedCalls(store, monitor.name)).map((call) => ({ ...call, verdict: verdictOf(call, policies) }))
    const missing = denied.filter(({ verdict }) => verdict === 'missing')
    return {
      exit: missing.length > 0 ? EXIT.denied : EXIT.fine,
      data: { monitor: monitor.name, denied: denied.map(({ at, ...call }) => ({ ...call, at: isoTime(at) })) },
      lines:
        denied.length === 0
          ? ['no run was refused anything']
          : columns(
              [{ title: 'ACTION' }, { title: 'STATE' }, { title: 'OF' }, { title: 'LAST REFUSED', align: 'right' }],
              denied.map(({ action, verdict, source, at }) => [{ text: action }, { text: WORDS[verdict], ...(verdict === 'missing' ? { style: 'red' as const } : {}) }, { text: oneLine(source) }, { text: agoWords(now - at) }]),
              { paint: invocation.paint },
            ),
      problems: [...new Set(missing.map(({ action }) => action))].map((action) => ({ code: 'E201', what: `access denied: ${action}`, where: [...new Set(missing.filter((one) => one.action === action).map(({ source }) => oneLine(source)))].join(', '), fix: 'attach the policy of "tocsin iam", which allows it' })),
      next: missing.length > 0 ? 'tocsin iam' : 'tocsin doctor',
    }
  })
}

type Verdict = 'missing' | 'works' | 'unneeded'

const WORDS: Readonly<Record<Verdict, string>> = { missing: 'MISSING', works: 'works again', unneeded: 'not needed any more' }

function verdictOf({ action, still }: DeniedCall, policies: readonly Policy[]): Verdict {
  if (!still) return 'works'
  return allows(policies, action) ? 'missing' : 'unneeded'
}
