export { sns, sns as default } from './sns.ts'
