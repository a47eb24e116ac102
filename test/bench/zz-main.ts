import { reduce } from './zz-only.ts'
reduce()
