// A classifier of two classes, and one sample that is moved: the boundary follows.
;(() => {
const { Panel, Play, number, svg } = globalThis.play
const sigmoid = z => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)))

// Three equations for three unknowns, by elimination.
const solve = (matrix, right) => {
  const rows = matrix.map((row, k) => [...row, right[k]])
  rows.forEach((row, k) => rows.slice(k + 1).forEach(other => {
    const factor = other[k] / row[k]
    row.forEach((each, column) => { other[column] -= factor * each })
  }))
  const found = []
  for (let k = 2; k >= 0; k--) {
    found[k] = (rows[k][3] - found.slice(k + 1).reduce((sum, each, j) => sum + each * rows[k][k + 1 + j], 0)) / rows[k][k]
  }
  return found
}

class Boundary extends Play {
  get controls() {
    const { reach } = this.data
    return [
      { name: "x", label: "its x₇", min: -reach, max: reach, step: 0.1 },
      { name: "y", label: "its x₁₀", min: -reach, max: reach, step: 0.1 },
      { name: "label", label: "its class", options: [["1", "1, orange"], ["0", "0, blue"]] },
      { name: "decay", label: "weight decay", min: 0.003, max: 1, log: true },
    ]
  }

  get narrow() {
    return 360
  }

  samples({ x, y, label }) {
    return [...this.data.samples, [x, y, Number(label)]]
  }

  // Newton's method on the mean cross-entropy and λ/2 times the squares of the weights.
  fit(state) {
    const all = this.samples(state)
    const decay = [state.decay, state.decay, 0]
    let found = [0, 0, 0]
    for (let round = 0; round < 25; round++) {
      const slope = found.map((each, i) => decay[i] * each)
      const bend = decay.map((each, i) => decay.map((_, j) => (i === j ? each : 0)))
      for (const [x, y, label] of all) {
        const [features, p] = [[x, y, 1], sigmoid(found[0] * x + found[1] * y + found[2])]
        features.forEach((first, i) => {
          slope[i] += ((p - label) * first) / all.length
          features.forEach((second, j) => { bend[i][j] += (p * (1 - p) * first * second) / all.length })
        })
      }
      const step = solve(bend, slope)
      found = found.map((each, i) => each - step[i])
    }
    return found
  }

  draw(stage, { width, height }, state) {
    const { reach } = this.data
    const [first, second, intercept] = this.fit(state)
    const panel = new Panel({ width, height, equal: true, x: [-reach, reach], y: [-reach, reach], xLabel: "x₇", yLabel: "x₁₀" })
    const size = (2 * reach) / 18
    for (let k = 0; k < 324; k++) {
      const [x, y] = [-reach + size * (k % 18), reach - size * Math.floor(k / 18)]
      const p = sigmoid(first * (x + size / 2) + second * (y - size / 2) + intercept)
      const place = { x: panel.x(x), y: panel.y(y), width: panel.x(x + size) - panel.x(x), height: panel.y(y - size) - panel.y(y) }
      panel.content.append(svg("rect", { ...place, class: p < 0.5 ? "c0" : "c1", "fill-opacity": Math.abs(p - 0.5).toFixed(2) }))
    }
    // The places where the probability is a tenth, one half and nine tenths.
    for (const [odds, kind] of [[Math.log(1 / 9), "c7 dashed"], [0, "ink"], [Math.log(9), "c7 dashed"]]) {
      const at = x => (odds - intercept - first * x) / second
      panel.line(Math.abs(second) > 1e-6 ? [-reach, reach].map(x => [x, at(x)]) : [-reach, reach].map(y => [(odds - intercept) / first, y]), kind)
    }
    for (const [x, y, label] of this.data.samples) panel.dots([[x, y]], label ? "c1" : "c0", 5)
    panel.dots([[state.x, state.y]], `${state.label === "1" ? "c1" : "c0"} handle`, 9)
    stage.append(panel.drawn)
    this.drags(panel, ["x", "y"])
  }

  tell(state) {
    const [first, second, intercept] = this.fit(state)
    const chance = ([x, y]) => sigmoid(first * x + second * y + intercept)
    const all = this.samples(state)
    const wrong = all.filter(each => chance(each) > 0.5 !== (each[2] === 1)).length
    return {
      said: `The moved sample gets the probability ${number(chance([state.x, state.y]), 3)} for class 1. ${wrong} of ${all.length} samples ${wrong === 1 ? "is" : "are"} on the wrong side.`,
      rows: [
        ["weights", `${number(first)}, ${number(second)}`],
        ["intercept", number(intercept)],
        ["probability of the moved sample", number(chance([state.x, state.y]))],
      ],
    }
  }
}

customElements.define("play-boundary", Boundary)
})()
