// expr.mjs TASK - WARM_MS BATCH_MS: the tasks of bench/c/expr.c in JavaScript, in turns.
import { takeTurns } from './measure.mjs'

const [task, , warm, batch] = process.argv.slice(2)
const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2)
const loop = n => { let total = 0; for (let i = 0; i < n; i++) total = (total * 31 + i) % 1000003; return total }
const rows = Array.from({length: 1000}, (_, i) => ({name: 'player ' + i, score: i * 7 % 1000, active: i % 3 !== 0}))
const report = all => {
  const lines = []
  for (const row of all) if (row.active && row.score > 250) lines.push(`${row.name}: ${row.score * 2} points`)
  return lines.join('\n')
}
const names = ['a', 'b', 'c', 'd', 'sin', 'cos', 'sqrt', 'pi']
const compiled = text => new Function(...names, 'return ' + text)
const E1 = '((a + b) * sin(c)) / (sqrt(d) + 1)', E4 = 'sqrt(1 - sin(2 * a) + cos(pi / b) / 3)'
let x = 1, kept = 0
const scalar = text => { const f = compiled(text); return () => { x += 0.001; kept += f(x, x + 1, x + 2, x + 3, Math.sin, Math.cos, Math.sqrt, Math.PI) } }
const check = (got, want) => { if (got !== want) throw new Error('wrong result ' + got) }
let serial = 0
const works = {
  'scalar E1': scalar(E1), 'scalar E4': scalar(E4), 'loop': () => check(loop(100000), 933429), 'fib': () => check(fib(20), 6765),
  'report': () => check(report(rows).length, 11767), 'compile': () => { kept += compiled(E1 + ' + 0 * ' + serial++).length },
}
if (!works[task]) throw new Error('there is no task ' + task)
takeTurns(works[task], +warm, +batch)
