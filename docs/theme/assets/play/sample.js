// One sample, a line, and steps of it towards the sample.
;(() => {
const { Panel, Play, descend, number } = globalThis.play

class Sample extends Play {
  get controls() {
    const { x, y, steps } = this.data
    return [
      { name: "alpha", label: "learning rate α", min: 0.02, max: 0.8, step: 0.02 },
      { name: "x", label: "sample x", min: x[0], max: x[1], step: 0.05 },
      { name: "y", label: "sample y", min: y[0], max: y[1], step: 0.05 },
      { name: "k", label: "steps", min: 0, max: steps, step: 1 },
    ]
  }

  walk({ alpha, x, y, k }) {
    const slope = ([w, b]) => [(w * x + b - y) * x, w * x + b - y]
    return descend(slope, this.data.start, alpha, k)
  }

  draw(stage, size, state) {
    const { x, y } = state
    const path = this.walk(state)
    const panel = new Panel({ ...size, x: [0, 2.8], y: [-0.4, 2.6], xLabel: "x", yLabel: "y" })
    path.forEach(([w, b], k) => {
      const kind = k === path.length - 1 ? "c0" : "c7"
      panel.line([[0, b], [2.8, 2.8 * w + b]], kind)
      panel.line([[x, y], [x, w * x + b]], `${kind} dashed`)
    })
    panel.dots([[x, y]], "c4 handle", 8)
    stage.append(panel.drawn)
    this.drags(panel, ["x", "y"])
  }

  tell(state) {
    const { x, y, alpha, k } = state
    const misses = this.walk(state).map(([w, b]) => w * x + b - y)
    const [w, b] = this.walk(state).at(-1)
    const factor = +(1 - alpha * (x * x + 1)).toPrecision(12)
    const way = factor > 0 ? "The line comes nearer from one side." : factor === 0 ? "One step goes through the sample." : factor > -1 ? "The line jumps to the other side, and comes nearer." : factor === -1 ? "The line jumps to and fro for ever." : "The line jumps farther each time."
    return {
      said: `Each step leaves ${number(factor)} of the miss. ${way} After ${k} steps the line misses the sample by ${number(misses.at(-1))}.`,
      rows: [
        ["miss at the start", number(misses[0])],
        ["what a step leaves of it", number(factor)],
        [`line after ${k} steps`, `w = ${number(w)}, b = ${number(b)}`],
        ["its miss", number(misses.at(-1))],
      ],
    }
  }
}

customElements.define("play-sample", Sample)
})()
