// Gradient descent on a parabola: hops on the curve, and the same as a cobweb.
;(() => {
const { Panel, Play, number } = globalThis.play

const walk = ({ curvature, start }, { alpha, k }) => {
  const path = [start]
  while (path.length <= k) path.push(path.at(-1) - alpha * curvature * path.at(-1))
  return path
}

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

  draw(stage, { width, height }, state) {
    const { curvature, start } = this.data
    const narrow = width < 560
    const size = narrow ? { width, height: height / 2 } : { width: width / 2, height }
    const span = 1.9 * Math.abs(start)
    const value = x => (curvature * x * x) / 2
    const path = walk(this.data, state)
    const hops = new Panel({ left: 0, top: 0, ...size, x: [-span, span], y: [-0.05 * value(span), value(span)], xLabel: "x", yLabel: "f", title: "on the parabola" })
    hops.curve(value, "background")
    hops.line(path.map(x => [x, value(x)]), "walk")
    hops.dots(path.map(x => [x, value(x)]), "walk")
    const web = new Panel({ left: narrow ? 0 : width / 2, top: narrow ? height / 2 : 0, ...size, x: [-span, span], y: [-span, span], xLabel: "x now", yLabel: "x next", title: "as a cobweb" })
    const q = this.factor(state)
    web.line([[-span, -span], [span, span]], "background")
    web.line([[-span, -span * q], [span, span * q]], "bound")
    web.line([[start, start], ...path.slice(1).flatMap((x, k) => [[path[k], x], [x, x]])], "walk")
    web.dots(path.map(x => [x, x]), "walk")
    stage.append(hops.drawn, web.drawn)
  }

  tell(state) {
    const { curvature, start, code } = this.data
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
      code: code.replace("{alpha}", state.alpha).replace("{k}", state.k),
    }
  }
}

customElements.define("play-rate", Rate)
})()
