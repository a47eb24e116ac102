export { weekly, weekly as default } from './weekly.ts'
