// make peers: runs the judges that are named, or all, one after the other, and fails when a check fails. docs/peers.md tells what each is.
import { Report } from './report.mjs'

const judges = ['bolt', 'discordjs', 'emulate', 'twin', 'types']
const wanted = process.argv.slice(2)
for (const name of wanted) {
  if (!judges.includes(name)) {
    console.error(`There is no judge ${name}. There are ${judges.join(', ')}.`)
    process.exit(2)
  }
}

const report = new Report()
for (const name of wanted.length > 0 ? wanted : judges) {
  console.log(`\n${name}`)
  try {
    await (await import(`./${name}.mjs`)).judge(report)
  } catch (error) {
    report.broke(name, error)
  }
}
console.log(`\n${report.passed} checks passed, ${report.failed} failed`)
// A client may leave a timer behind; nothing is waited for any more.
process.exit(report.failed > 0 ? 1 : 0)
