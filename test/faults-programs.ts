/**
 * What brings about each fault of the catalogue: the shortest program that is not a riddle, or what a host or a person at a session does.
 * A program that only warns of something is checked, any other also runs, with small limits. It must not know what the texts are.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import Module from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createEngine as createEngineInNode } from "../cli/node.ts"
import { fileBuiltins } from "../cli/files.ts"
import { fromJs, toJs } from "../engine/convert.ts"
import { AdlError, createEngine, Engine } from "../engine/index.ts"
import { standIns } from "../engine/special.ts"
import { errorOf } from "../engine/error.ts"
import { createWorkerEngine } from "../engine/worker/index.ts"
import { wholeLibrary } from "../engine/builtins.ts"
import { conversionIn } from "../engine/value.ts"
import { BuiltinFunction } from "../interpreter/values/values.ts"
import { render } from "../lang/report/render.ts"
import { Console, type Screen } from "../repl/console.ts"
import { machine } from "../repl/machine.ts"
import { plain } from "../repl/theme.ts"
import { testsOf } from "../engine/blocks.ts"

const files = mkdtempSync(join(tmpdir(), "adl-faults-"))
export function removeFiles(): void {
  rmSync(files, { recursive: true, force: true })
}

/** Steps, memory and depth for every program. */
const limits = { steps: 20_000, memory: 2 ** 26, depth: 300 }

/** A program for each fault that a program by itself brings about. */
export const programs: Readonly<Record<string, string>> = {
  E0101: "#",
  E0102: '"',
  E0103: "/*",
  E0104: "2. + x",
  E0105: ".5",
  E0106: "2x",
  E0107: "(1, 2).0",
  E0108: '"\\q"',
  E0109: '"\\u{d800}"',
  E0110: '"a {} b"',
  E0111: "!true",
  E0112: "2 × 3",
  E0113: "let a = 'text'",
  E0114: "let f = x => x^2\nf '(2)",
  E0115: "sum([1, 2",
  E0116: "1 + 2)",
  E0120: "let a b",
  E0121: "1 + * 2",
  E0122: "for = 3",
  E0123: "fn = 2",
  E0124: "let if = 1",
  E0125: "1 | 2",
  E0126: "[1 2]",
  E0127: "let f = x => [x\n(1)]",
  E0128: "let p = { 1; 2 }",
  E0129: "if true { sin }(1)",
  E0130: "1 + (+2)",
  E0131: "0 < 2 > 1",
  E0132: "1..2..3",
  E0133: "let r = (1..)",
  E0134: "1 + x => x",
  E0135: "if x => true { 1 }",
  E0136: "3 |> -sin",
  E0137: "3 |> sin + 1",
  E0138: "true == not false",
  E0139: "(1,)",
  E0140: "round(digits: 1, 2)",
  E0141: "sum(1, x for x in [1])",
  E0142: "[1, x for x in [2]]",
  E0143: "[1, 2][]",
  E0144: "_ + 1",
  E0145: "let a = ...",
  E0150: "f(x) = x^2",
  E0151: "if 1 = 2 { 3 }",
  E0152: "do { type T = A }",
  E0153: "x => return x",
  E0154: "fn f(x) => x^2",
  E0155: 'match "a" { "{1}" => 1 }',
  E0156: "let [...a, ...b] = [1, 2]",
  E0157: 'import "std/optim"',
  E0158: "match 1 { }",
  E0159: "type T = A(1)",
  E0201: "let softmx = 1\nsofmax([1, 2])",
  E0202: "sin = 2",
  E0203: "var v = 1\nfn f() { v = 2 }\nfn g() = [do { v = 2; 1 } for i in 0..2]",
  E0204: "fn f() = 1\nfn f() = 2",
  E0205: "fn f(a, (b, a)) = a + b",
  E0206: "f()\nlet a = 1\nfn f() = a",
  E0207: "return",
  E0208: "break",
  E0209: "[do { break; 1 } for i in 0..3]",
  E0210: "type T = A | B\ntype U = B",
  E0211: "{ a: 1, a: 2 }",
  E0212: "type Shape = Circle(r)\nlet Circl(r) = Circle(2)",
  E0213: "type Shape = Rect(w, h)\nfn area(s) = match s { Rect(w) => w }",
  E0214: "type Shape = Rect(w, h)\nfn area(s) = match s { Rect(wide: w) => w }",
  E0215: "fn f(x) = match x { (a, 1) | (b, 2) => a, _ => 0 }",
  E0216: 'import { a } from "./x.adl"',
  E0217: 'import { sgdd } from "std/optim"',
  E0219: 'import "std/optim" as optim\nprint(optim)',
  E0220: "fn f(x = 1, y) = x + y",
  E0221: "fn f() = x\nlet x = 1",
  E0222: "type T = A | B\nT",
  E0301: "grad(x => x^2)()",
  E0302: "fn f(x, y) = x + y\nf(x: 1)",
  E0303: "map([1], x => x^2, n: 1)",
  E0304: "sum([[1, 2]], axis: [0, 0])",
  E0305: "2(3)",
  E0306: "not 2.5",
  E0307: "1 @ 2",
  E0308: "plot()",
  E0309: "[1][2]",
  E0310: "[1, 2][1..4]",
  E0311: "0..1.5",
  E0312: "[1, 2][0, 0]",
  E0313: "[1, 2] + [1, 2, 3]",
  E0314: "(1, 2) + 1",
  E0315: "(1, 2) * (3, 4)",
  E0316: "let p = { width: 3 }\np.widht",
  E0317: "3[0]",
  E0318: "for x in 3 { }",
  E0319: "match 3 { 1 => 2 }",
  E0320: "let (a, b) = (1, 2, 3)",
  E0321: "sin == sin",
  E0322: "[1] == 1",
  E0323: 'var v = [1, 2]\nv[0] = "a"',
  E0324: "[...3]",
  E0325: 'error("stop")',
  E0326: 'assert(1 > 2, "order matters")',
  E0327: "fn f() {\n  let r = g()\n  let k = 2\n  fn g() = k\n  r\n}\nf()",
  E0328: "[1, 2]'",
  E0329: "var p = { w: 1 }\np.v = 2",
  E0330: "line([1, 2], [1, 2, 3])",
  E0331: "/// Twice x.\n/// > double(2)\n/// 5\nfn double(x) = 2 * x",
  E0332: "0 / 0",
  E0340: "inv([[1, 2], [2, 4]])",
  E0341: "cholesky([[1, 2], [2, 1]])",
  E0401: "grad(x => [x, 2 * x])(1)",
  E0402: "grad(x => y => x * y)(1)",
  E0403: "diff(v => sum(v))([1, 2])",
  E0404: 'fn f(x) = x^2\ngrad(f, wrt: "y")(2)',
  E0405: "grad(x => custom_jvp(y => y^2, (y, dy) => x * dy)(2))(1)",
  E0407: "jvp(v => sum(v), [1, 2], 3)",
  E0408: "grad(() => 1)()",
  E0409: "filter([1, 2], x => x)",
  E0410: "diff((x, y) => x * y)(1, 2)",
  E0411: "divergence(v => [v[0]])([1, 2])",
  E0412: "let f = custom_jvp(x => x^2, (x, y, v) => [1, 2])\nf'(1)",
  E0413: "symbolic(x => sum([x, x]))",
  E0414: "symbolic(x => do { var s = x\n while s < 100 { s = s * 2 }\n s })",
  E0415: "symbolic(x => do { var s = x\n for i in 0..20 { s = s * s + s }\n s })",
  E0501: "fn f(x) = f(x) + 1\nf(1)",
  E0502: "while true { }",
  E0504: "eye(10^4)",
  E0506: "0..10^15",
  E0601: 'read_csv("none.csv")',
  W0101: "let a = 1\na;",
  W0201: 'import "std/ode" as ode',
  W0202: "match 1 { A => 1, B => 2 }",
  W0203: "type Shape = Circle(r) | Square(a)\nfn area(s) = match s { Circle(r) => r }",
  W0204: "fn f(x) {\n  var v = x\n  let g = () => v\n  v = 3\n  g()\n}",
  W0205: "do { while true { }; 1 }",
  E0117: "(".repeat(101) + "1" + ")".repeat(101),
  E0507: "let flag = true\nflag" + " and flag".repeat(905),
  E0118: "1" + " + 1".repeat(1001),
}

/** The text of what a program brings about under a code, or of what it ends with instead. */
export function shownBy(code: string, program: string): string {
  const name = "program.adl"
  const engine = createEngine({ limits, trapNan: code === "E0332", builtins: fileBuiltins(true) })
  const found = engine.check(program, name).find((fault) => fault.code === code)
  if (found !== undefined) return render(found)
  return failing(() => {
    engine.run(program, { name })
    for (const test of testsOf(engine, program, name)) test.run()
  })
}

function failing(f: () => unknown): string {
  try {
    f()
  } catch (error) {
    if (error instanceof AdlError) return error.render()
    throw error
  }
  return "no error"
}

/** The same for a program that reads a file with this content. */
function reading(name: string, content: string | Uint8Array): string {
  writeFileSync(join(files, name), content)
  return inFiles(`read_${name.split(".").at(-1)!}("${name}")`)
}

/** Runs a program where the files are. */
function inFiles(program: string): string {
  const before = process.cwd()
  process.chdir(files)
  try {
    return failing(() => createEngineInNode({ files: true }).run(program, { name: "program.adl" }))
  } finally {
    process.chdir(before)
  }
}

/** What a session writes when it is told something. */
async function session(input: string): Promise<string> {
  const written: string[] = []
  const screen: Screen = {
    paint: plain,
    echoes: false,
    window: () => ({ columns: 80, rows: 30, colour: false, images: null }),
    write: (text) => written.push(text),
    offer: () => undefined,
    changed: () => undefined,
    suspended: (f) => {
      f()
      return Promise.resolve()
    },
  }
  const console = new Console({ positionals: [], flags: {}, rest: [] }, screen, machine(null))
  await console.submit(input)
  await console.close()
  return written.join("\n")
}

/** What else brings about a fault. */
export const deeds: Readonly<Record<string, () => string | Promise<string>>> = {
  E0218: () => {
    const modules = (name: string): string => (name === "./a.adl" ? 'import "./b.adl" as b' : 'import "./a.adl" as a')
    return failing(() => createEngine({ modules }).evaluate('import "./a.adl" as a'))
  },
  E0503: () => {
    let clock = 0
    return failing(() =>
      createEngine({ limits: { ms: 2000 }, now: () => clock++ }).run("while true { }", { name: "program.adl" }),
    )
  },
  E0505: () =>
    failing(() => createEngine({ interrupt: Int32Array.of(1) }).run("while true { }", { name: "program.adl" })),
  E0602: () => {
    mkdirSync(join(files, "folder"), { recursive: true })
    return inFiles('write_json("folder", 1)')
  },
  E0603: () =>
    failing(() => createEngine({ builtins: fileBuiltins(false) }).run('read_csv("data.csv")', { name: "program.adl" })),
  E0604: () => reading("table.csv", "a,b\n1,2\n3\n"),
  E0605: () => reading("picture.json", Uint8Array.of(0xff, 0xd8)),
  E0606: () => {
    const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown }
    const load = loader._load
    loader._load = (request, ...rest) => {
      if (request === "@resvg/resvg-js") throw new Error("it is not installed")
      return load(request, ...rest)
    }
    try {
      return inFiles('save_plot(line([1, 2], [1, 2]), "line.png")')
    } finally {
      loader._load = load
    }
  },
  E0607: () => reading("array.npy", Uint8Array.of(1, 2, 3)),
  E0701: () => {
    const measure = (): never => {
      throw new Error("the sensor is off")
    }
    return failing(() => createEngine({ host: { measure } }).run("1 + measure()", { name: "program.adl" }))
  },
  E0702: () => {
    const cube = { call: (x: number) => x ** 3, jvp: (x: number, dx: number) => 3 * x * x * dx }
    return failing(() => createEngine({ host: { cube } }).run("cube''(2)", { name: "program.adl" }))
  },
  E0703: () =>
    failing(() => createEngine({ host: { cube: (x: number) => x ** 3 } }).run("cube'(2)", { name: "program.adl" })),
  E0704: () =>
    failing(() => createEngine({ host: { ask: () => Promise.resolve(1) } }).run("ask()", { name: "program.adl" })),
  E0705: () => failing(() => createEngine().load("fn loss(p) = sum(p.w)").fn("loss")({ w: [1, 2, "abc"] })),
  E0706: () => failing(() => createEngine().load("fn loss(p) = p", { name: "fit.adl" }).fn("los")),
  E0707: () => failing(() => createEngine({ host: { cube: { call: (x: number) => x ** 3, rule: "x => 2 * x^2" } } })),
  E0708: () => {
    const total = { call: (q: Float64Array) => q.reduce((a, b) => a + b), rule: "q => ones(len(q))" }
    return failing(() => createEngine({ host: { total } }))
  },
  E0709: () => failing(() => createEngine({ host: { sin: Math.sin } })),
  E0710: () => {
    const engine = createEngine()
    engine.dispose()
    return failing(() => engine.evaluate("1"))
  },
  E0711: () => {
    const peek = new BuiltinFunction({
      name: "peek",
      doc: "",
      params: ["x"],
      call: (_runtime, [x]) => fromJs(toJs(x!, { wrap: String }), "x", conversionIn(wholeLibrary())),
    })
    return failing(() => createEngine({ builtins: [peek] }).run("grad(x => peek(x))(1)", { name: "program.adl" }))
  },
  E0712: () => errorOf(new TypeError("x is not a function")).render(),
  E0713: () => failing(() => createEngine({ limits: { ms: -1 } })),
  E0714: () => {
    const engine = createEngine({ host: { f: Math.sin } })
    return failing(() => createEngine().serialize(engine.evaluate("f")))
  },
  E0715: async () => {
    const engine = createWorkerEngine({ host: "data:text/javascript,process.exit()" })
    try {
      return `no error, but ${(await engine.evaluate("1")).toString()}`
    } catch (error) {
      return (error as AdlError).render()
    } finally {
      engine.dispose()
    }
  },
  E0716: () => {
    const { adl } = createEngine()
    return failing(() => adl`"hello ${"world"}"`)
  },
  E0717: () => {
    const engine = new Engine({}, { rest: () => null, special: standIns(["svd A"], () => null) })
    return failing(() => engine.run("svd([[1, 2], [3, 4]])", { name: "program.adl" }))
  },
  E0718: () => errorOf(new TypeError("x is not a function"), { arrived: true }).render(),
  E0801: () => session(":hlep"),
  E0802: () => session(":limits steps many"),
  E0803: () => session(":undo"),
}
