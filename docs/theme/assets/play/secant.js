// A secant that turns into a tangent while its second point comes nearer.
;(() => {
const { Panel, Play, number } = globalThis.play

const value = (coefficients, x) => coefficients.reduceRight((sum, each) => sum * x + each, 0)
const derived = coefficients => coefficients.slice(1).map((each, k) => each * (k + 1))

class Secant extends Play {
  get controls() {
    const { x } = this.data
    return [
      { name: "x", label: "point x", min: x[0], max: x[1], step: 0.05 },
      { name: "h", label: "distance h", min: 0.001, max: (x[1] - x[0]) / 2, log: true },
      { name: "side", label: "second point", options: [["1", "to the right"], ["-1", "to the left"]] },
    ]
  }

  slopes({ x, h, side }) {
    const { coefficients } = this.data
    const step = side * h
    const secant = (value(coefficients, x + step) - value(coefficients, x)) / step
    return { step, secant, tangent: value(derived(coefficients), x) }
  }

  draw(stage, { width, height }, state) {
    const { coefficients, x, y } = this.data
    const f = at => value(coefficients, at)
    const { step, secant, tangent } = this.slopes(state)
    const panel = new Panel({ width, height, x, y, xLabel: "x", yLabel: "f" })
    panel.curve(f, "c7")
    panel.curve(at => f(state.x) + tangent * (at - state.x), "c1", 1)
    panel.curve(at => f(state.x) + secant * (at - state.x), "c0", 1)
    panel.dots([[state.x, f(state.x)]], "c4 handle", 6)
    panel.dots([[state.x + step, f(state.x + step)]], "c0", 6)
    panel.legend([["c1", "tangent"], ["c0", "secant"]])
    stage.append(panel.drawn)
    this.drags(panel, ["x"])
  }

  tell(state) {
    const { secant, tangent } = this.slopes(state)
    return {
      said: `At x = ${number(state.x)}, with h = ${number(state.side * state.h)}, the secant has the slope ${number(secant)}, the tangent ${number(tangent)}.`,
      rows: [
        ["slope of the secant", number(secant)],
        ["slope of the tangent", number(tangent)],
        ["difference", number(secant - tangent)],
      ],
    }
  }
}

customElements.define("play-secant", Secant)
})()
