/** The shells that `tocsin completion` knows. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
