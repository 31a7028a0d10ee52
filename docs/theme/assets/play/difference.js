// The error of a difference quotient: the curve bends, and the numbers are rounded.
;(() => {
const { Panel, Play, number, svg } = globalThis.play

class Difference extends Play {
  get controls() {
    return [
      { name: "x", label: "point x", min: 0.5, max: 3, step: 0.001 },
      { name: "h", label: "step h", min: 1e-12, max: 1, log: true },
    ]
  }

  errors(h, x) {
    const f = at => at * at * at
    const slope = 3 * x * x
    return {
      ahead: Math.abs((f(x + h) - f(x)) / h - slope),
      both: Math.abs((f(x + h) - f(x - h)) / (2 * h) - slope),
    }
  }

  draw(stage, size, state) {
    const { h, x } = state
    const [digits, panel] = Panel.pair(
      size,
      { x: [0, 1], y: [0, 1], bare: true },
      { x: [-12, 0], y: [-14, 1], powers: true, xLabel: "power of ten of h", title: "the error" },
    )
    const steps = Array.from({ length: 241 }, (_, k) => +(10 ** (k / 20 - 12)).toPrecision(3))
    const floor = 1e-15
    for (const [name, kind] of [["ahead", "c0"], ["both", "c1"]]) {
      panel.line(steps.map(each => [Math.log10(each), Math.max(floor, this.errors(each, x)[name])]), kind)
      panel.dots([[Math.log10(h), Math.max(floor, this.errors(h, x)[name])]], kind, 6)
    }
    panel.legend([["c0", "one side"], ["c1", "both sides"]])
    const [above, below] = [x + h, x - h].map(at => (at * at * at).toPrecision(17))
    const same = [...above].findIndex((digit, k) => digit !== below[k])
    const [slope, truth] = [(above - below) / (2 * h), 3 * x * x].map(each => each.toPrecision(17))
    const right = [...slope, ""].findIndex((digit, k) => digit !== truth[k])
    const rows = [["f(x + h)", above], ["f(x − h)", below], ["difference", (above - below).toPrecision(17)], ["divided by 2h: green digits are right", slope]]
    rows.forEach(([name, text], row) => {
      const high = 0.84 - 0.25 * row
      digits.note([0.05, high + 0.08], name, "ink")
      if (row === 3) digits.note([0.05, high], "", "c1 digits").append(svg("tspan", { class: "c2" }, text.slice(0, right)), text.slice(right))
      else if (row === 2) digits.note([0.05, high], text, "c1 digits")
      else digits.note([0.05, high], "", "c1 digits").append(svg("tspan", { class: "c7" }, text.slice(0, same)), text.slice(same))
    })
    stage.append(digits.drawn, panel.drawn)
  }

  tell({ h, x }) {
    const { ahead, both } = this.errors(h, x)
    const way = both < ahead / 3 ? "Both sides are better." : ahead < both / 3 ? "One side happens to be better." : "Neither is much better."
    return {
      said: `With h = ${number(h)} the error is ${number(ahead, 2)} from one side and ${number(both, 2)} from both. ${way}`,
      rows: [
        ["error, one side", number(ahead)],
        ["error, both sides", number(both)],
      ],
    }
  }
}

customElements.define("play-difference", Difference)
})()
