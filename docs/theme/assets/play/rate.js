// Gradient descent on a parabola: hops on the curve, and the same as a cobweb.
;(() => {
const { Panel, Play, descend, number } = globalThis.play

const walk = ({ curvature, start }, { alpha, k }) => descend(([x]) => [curvature * x], [start], alpha, k).flat()

const ways = [
  [q => q > 0 && q < 1, "It slides in from one side."],
  [q => q === 0, "It arrives in one step."],
  [q => q < 0 && q > -1, "It hops from side to side, and arrives."],
  [q => q === -1, "It hops from side to side for ever."],
  [q => q < -1, "It hops farther each time, and flies off."],
]

class Rate extends Play {
  get controls() {
    const { curvature, steps } = this.data
    return [
      { name: "alpha", label: "learning rate α", min: 0.01, max: 2.4 / curvature, step: 0.01 },
      { name: "k", label: "steps", min: 0, max: steps, step: 1 },
    ]
  }

  factor({ alpha }) {
    return +(1 - alpha * this.data.curvature).toPrecision(12)
  }

  draw(stage, size, state) {
    const { curvature, start } = this.data
    const span = 1.9 * Math.abs(start)
    const value = x => (curvature * x * x) / 2
    const path = walk(this.data, state)
    const [hops, web] = Panel.pair(
      size,
      { x: [-span, span], y: [-0.05 * value(span), value(span)], xLabel: "x", yLabel: "f", title: "on the parabola" },
      { x: [-span, span], y: [-span, span], xLabel: "x now", yLabel: "x next", title: "as a cobweb" },
    )
    hops.curve(value, "c7")
    hops.line(path.map(x => [x, value(x)]), "c0")
    hops.dots(path.map(x => [x, value(x)]), "c0")
    const q = this.factor(state)
    web.line([[-span, -span], [span, span]], "c7")
    web.line([[-span, -span * q], [span, span * q]], "c1")
    web.line([[start, start], ...path.slice(1).flatMap((x, k) => [[path[k], x], [x, x]])], "c0")
    web.dots(path.map(x => [x, x]), "c0")
    stage.append(hops.drawn, web.drawn)
  }

  tell(state) {
    const { curvature } = this.data
    const q = this.factor(state)
    const last = walk(this.data, state).at(-1)
    const [, way] = ways.find(([holds]) => holds(q))
    return {
      said: `α = ${number(state.alpha)}, the factor 1 − αλ is ${number(q)}. ${way} After ${state.k} steps x = ${number(last)}.`,
      rows: [
        ["curvature λ", number(curvature)],
        ["bound 2/λ", number(2 / curvature)],
        ["factor 1 − αλ", number(q)],
        [`x after ${state.k} steps`, number(last)],
        ["f there", number((curvature * last * last) / 2)],
      ],
    }
  }
}

customElements.define("play-rate", Rate)
})()
