import { inWindow, type Monitor, nextChange, openMuteWindow } from '@tocsin/core'

type MuteWindow = Monitor['muteWindows'][number]

/** A mute window at one moment. */
export interface WindowNow extends Pick<MuteWindow, 'name' | 'intervals'> {
  readonly holds: boolean
  /** When that is next different, milliseconds since the epoch; `undefined` when it stays so for ten years. */
  readonly changesAt: number | undefined
}

/** The mute windows of a monitor as they are at this moment, by name. */
export function windowsNow(windows: Monitor['muteWindows'], now: number): ReadonlyMap<string, WindowNow> {
  return new Map(
    windows.map(({ name, intervals }) => {
      const open = openMuteWindow({ name, intervals })
      return [name, { name, intervals, holds: inWindow(open, now), changesAt: nextChange(open, now)?.at }]
    }),
  )
}
