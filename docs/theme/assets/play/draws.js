// Stochastic gradient descent of one weight: how samples are drawn, the batch, the rate.
;(() => {
const { Panel, Play, descend, number } = globalThis.play
const mean = values => values.reduce((total, each) => total + each, 0) / values.length

class Draws extends Play {
  get controls() {
    const { orders, sizes, largest, steps, unit } = this.data
    const rules = Object.entries(orders).map(([rule, { name }]) => [rule, name])
    return [
      ...(rules.length > 1 ? [{ name: "rule", label: "how samples are drawn", options: rules }] : []),
      { name: "m", label: "batch size m", options: sizes.map(size => [String(size), size]) },
      { name: "alpha", label: "learning rate α", min: largest / 100, max: largest, step: largest / 100 },
      { name: "k", label: "samples seen", min: 0, max: steps, step: 1, unit },
    ]
  }

  // The mean slope of some samples at a weight.
  slope(w, drawn) {
    return mean(drawn.map(i => 2 * this.data.x[i] * (w * this.data.x[i] - this.data.y[i])))
  }

  loss(w) {
    return mean(this.data.x.map((x, i) => (w * x - this.data.y[i]) ** 2))
  }

  walk({ rule, m, alpha, k }) {
    const { order } = this.data.orders[rule]
    const drawn = step => order.slice(step * m, (step + 1) * m)
    const updates = Math.floor((k * this.data.unit) / m)
    return descend(([w], step) => [this.slope(w, drawn(step))], [this.data.start], alpha, updates).flat()
  }

  draw(stage, size, state) {
    const { best, strip, weights, losses } = this.data
    const path = this.walk(state)
    const seen = this.data.steps * this.data.unit
    const [way, gap] = Panel.pair(
      size,
      { x: [0, seen], y: weights, xLabel: "samples seen", yLabel: "w", title: "the weight" },
      { x: [0, seen], y: losses, powers: true, xLabel: "samples seen", title: "the loss above its lowest value" },
    )
    for (const each of strip) way.line([[0, each], [seen, each]], "c7")
    way.line([[0, best], [seen, best]], "c1 dashed")
    way.line(path.map((w, k) => [k * state.m, w]), "c0")
    const bend = mean(this.data.x.map(x => x * x))
    gap.line(path.map((w, k) => [k * state.m, Math.max(1e-12, bend * (w - best) ** 2)]), "c0")
    stage.append(way.drawn, gap.drawn)
  }

  tell(state) {
    const { best } = this.data
    const path = this.walk(state)
    const [w, k] = [path.at(-1), path.length - 1]
    const late = path.slice(Math.ceil(path.length / 2))
    const far = Math.sqrt(mean((late.length ? late : path).map(each => (each - best) ** 2)))
    return {
      said: `After ${k} updates, with ${k * state.m} samples seen, w = ${number(w)}. In the second half of the run it was off by ${number(far, 2)}, as a root mean square.`,
      rows: [
        ["w", number(w)],
        ["loss on all samples", number(this.loss(w))],
        ["samples seen", number(k * state.m)],
      ],
    }
  }
}

customElements.define("play-draws", Draws)
})()
