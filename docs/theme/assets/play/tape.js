// Heron's rule on a tape: the loop decides how long it gets, and the sweep back finds the slope.
;(() => {
const { Panel, Play, number, svg } = globalThis.play

// All numbers of a run, in order; each knows from which others it was made, and how it changes with them.
const record = ({ a, near }) => {
  const tape = [{ text: "x", value: 1, from: [] }]
  let x = 0
  const note = (text, value, from) => tape.push({ text, value, from }) - 1
  while (Math.abs(tape[x].value ** 2 - a) > Number(near)) {
    if (tape.length === 1) note("a", a, [])
    const share = note("/", a / tape[x].value, [[1, 1 / tape[x].value], [x, -a / tape[x].value ** 2]])
    const both = note("+", tape[x].value + tape[share].value, [[x, 1], [share, 1]])
    const two = note("2", 2, [])
    x = note("/", tape[both].value / 2, [[both, 1 / 2], [two, -tape[both].value / 4]])
  }
  return tape
}

const sweep = tape => {
  const signals = tape.map(() => 0)
  signals[tape.length - 1] = 1
  for (let place = tape.length - 1; place >= 0; place--) {
    for (const [source, slope] of tape[place].from) signals[source] += signals[place] * slope
  }
  return signals
}

class Tape extends Play {
  get controls() {
    return [
      { name: "a", label: "number a", min: 0.1, max: 20, step: 0.1 },
      { name: "near", label: "the loop ends where x² misses a by", options: ["1", "0.1", "0.01", "0.0001", "0.00000001"].map(each => [each, each]) },
    ]
  }

  draw(stage, size, state) {
    const tape = record(state)
    const signals = sweep(tape)
    const all = tape.length
    const panel = new Panel({ ...size, x: [-0.9, all], y: [-1.8, 1.9], bare: true })
    const unit = size.width / (all + 0.9)
    const font = Math.min(15, Math.max(7, unit / 3.2))
    // On a long tape numbers are short, and stand by turns higher and lower.
    const short = value => (unit > 45 ? number(value, 3) : value && Math.abs(value) < 0.01 ? "≈0" : number(value, 2))
    const by = place => (unit < 30 && place % 2 ? 0.22 : 0)
    const note = (place, height, text, kind) => { panel.note([place, height], text, kind, "middle").style.fontSize = `${font}px` }
    const arc = (from, to, height) => {
      const [left, right, y] = [panel.x(from), panel.x(to), panel.y(height)]
      const high = Math.max(y - 0.5 * (right - left), y - 1.9 * (y - panel.box.top))
      panel.content.append(svg("path", { d: `M${left},${y}Q${(left + right) / 2},${high} ${right},${y}l-5,-5m5,5l1,-7`, class: "c7" }))
    }
    tape.forEach(({ text, value, from }, place) => {
      const round = [(0.95 * Math.min(font, unit / 2.2)) / unit, (0.95 * Math.min(font, unit / 2.2) * 3.7) / size.height]
      panel.ring([place, 0.03], [round[0], 0], [0, round[1]], "c7")
      for (const [source] of from) arc(source, place, 0.05 + round[1])
      note(place, -0.05, text, "ink")
      note(place, -0.75 - by(place), short(value), "c0")
      note(place, -1.35 - by(place), short(signals[place]), "c1")
    })
    stage.append(panel.drawn)
  }

  tell(state) {
    const tape = record(state)
    const slope = tape.length > 1 ? sweep(tape)[1] : 0
    const rounds = (tape.length - 2) / 4
    const said = tape.length > 1
      ? `The loop runs ${rounds} ${rounds === 1 ? "time" : "times"}. It finds the root ${number(tape.at(-1).value)} and the derivative ${number(slope)}; the true ones are ${number(Math.sqrt(state.a))} and ${number(0.5 / Math.sqrt(state.a))}.`
      : "The first guess is near enough: the loop does not run, a is not on the tape, and its derivative is 0."
    return {
      said,
      rows: [
        ["numbers on the tape", number(tape.length)],
        ["root found", number(tape.at(-1).value)],
        ["its derivative", number(slope)],
        ["true derivative", number(0.5 / Math.sqrt(state.a))],
      ],
    }
  }
}

customElements.define("play-tape", Tape)
})()
