/** A number in [0, 1), for jitter. Injected like the clock. */
export const systemRandom = (): number => Math.random()
