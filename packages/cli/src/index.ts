export { EXIT, EXIT_CODES, type ExitCode } from './exit-code.ts'
export type { Envelope } from './outcome.ts'
export { tocsin } from './program.ts'
export type { Shell, StopSignal, Stream } from './shell.ts'
