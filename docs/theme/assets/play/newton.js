// Newton's method on a curve: at each place it walks to the lowest point of the parabola there.
;(() => {
const { Panel, Play, number } = globalThis.play

const value = (coefficients, x) => coefficients.reduceRight((sum, each) => sum * x + each, 0)
const derived = coefficients => coefficients.slice(1).map((each, k) => each * (k + 1))

class Newton extends Play {
  get controls() {
    const { x, steps } = this.data
    return [
      { name: "x", label: "start x", min: x[0], max: x[1], step: 0.05 },
      { name: "alpha", label: "learning rate of the plain step", min: 0.01, max: 0.5, step: 0.01 },
      { name: "k", label: "steps", min: 0, max: steps, step: 1 },
    ]
  }

  orders() {
    const { coefficients } = this.data
    const slopes = derived(coefficients)
    return [coefficients, slopes, derived(slopes)].map(each => x => value(each, x))
  }

  walk(step, { x, k }) {
    const path = [x]
    while (path.length <= k) path.push(path.at(-1) - step(path.at(-1)))
    return path
  }

  walks(state) {
    const [, slope, bend] = this.orders()
    return [x => slope(x) / bend(x), x => state.alpha * slope(x)].map(step => this.walk(step, state))
  }

  draw(stage, size, state) {
    const { x, y } = this.data
    const [f, slope, bend] = this.orders()
    const panel = new Panel({ ...size, x, y, xLabel: "x", yLabel: "f" })
    const [newton, plain] = this.walks(state)
    panel.curve(f, "c7")
    const here = newton.at(-1)
    panel.curve(at => f(here) + slope(here) * (at - here) + (bend(here) * (at - here) ** 2) / 2, "c1 dashed")
    const to = here - slope(here) / bend(here)
    panel.star([to, f(here) + (slope(here) * (to - here)) / 2], "c1 filled")
    panel.dots(plain.map(at => [at, f(at)]), "c2", 3.5)
    panel.line(newton.map(at => [at, f(at)]), "c0")
    panel.dots(newton.map(at => [at, f(at)]), "c0", 3.5)
    panel.dots([[state.x, f(state.x)]], "c4 handle", 8)
    panel.legend([["c0", "Newton"], ["c1 dashed", "the parabola at its last place"], ["c2", "plain steps"]])
    stage.append(panel.drawn)
    this.drags(panel, ["x"])
  }

  tell(state) {
    const [f, , bend] = this.orders()
    const [newton, plain] = this.walks(state).map(path => path.at(-1))
    const way = bend(newton) > 0 ? "The parabola there opens upwards." : bend(newton) < 0 ? "The parabola there opens downwards: Newton walks to its top." : "There is no parabola there: the curve does not bend."
    return {
      said: `After ${state.k} steps Newton is at ${number(newton)}, where f is ${number(f(newton))}; plain steps are at ${number(plain)}. ${way}`,
      rows: [
        ["Newton", number(newton)],
        ["f there", number(f(newton))],
        ["curvature there", number(bend(newton))],
        ["plain steps", number(plain)],
      ],
    }
  }
}

customElements.define("play-newton", Newton)
})()
