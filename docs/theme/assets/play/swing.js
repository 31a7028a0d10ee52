// Descent on a parabola whose gradient is set to zero now and then, or never.
;(() => {
const { Panel, Play, number } = globalThis.play

class Swing extends Play {
  get controls() {
    return [
      { name: "alpha", label: "learning rate α", min: 0.005, max: 0.5, step: 0.005 },
      { name: "every", label: "zero_grad", options: [["1", "at each step"], ["2", "at each second step"], ["5", "at each fifth step"], ["0", "never"]] },
      { name: "k", label: "steps", min: 0, max: this.data.steps, step: 1 },
    ]
  }

  walk({ alpha, every, k }) {
    const path = [this.data.start]
    let grad = 0
    for (let step = 1; step <= k; step++) {
      grad += 4 * path.at(-1)
      path.push(path.at(-1) - alpha * grad)
      if (every !== "0" && step % every === 0) grad = 0
    }
    return [path, grad]
  }

  draw(stage, size, state) {
    const { steps } = this.data
    const panel = new Panel({ ...size, x: [0, steps], y: [-1.6, 1.6], xLabel: "step", yLabel: "x" })
    panel.line([[0, 0], [steps, 0]], "c7")
    panel.line(this.walk({ ...state, every: "1" })[0].map((x, k) => [k, x]), "c0")
    const path = this.walk(state)[0].map((x, k) => [k, x])
    panel.line(path, "c1")
    panel.dots(path, "c1", 2.5)
    panel.legend([["c0", "emptied at each step"], ["c1", "as you choose"]])
    stage.append(panel.drawn)
  }

  tell(state) {
    const [path, grad] = this.walk(state)
    const far = Math.max(...path.map(Math.abs))
    const sides = path.filter(x => Math.abs(x) > 1e-12).map(Math.sign)
    const turns = sides.filter((side, k) => k && side !== sides[k - 1]).length
    const way = far > 1e3 ? "It flies off." : turns > 2 ? `It has changed sides ${turns} times.` : "It comes down."
    return {
      said: `α = ${number(state.alpha)}. ${way} After ${state.k} steps x = ${number(path.at(-1))}.`,
      rows: [
        [`x after ${state.k} steps`, number(path.at(-1))],
        ["what .grad holds", number(grad)],
      ],
    }
  }
}

customElements.define("play-swing", Swing)
})()
