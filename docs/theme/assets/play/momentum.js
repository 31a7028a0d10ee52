// One mode under momentum: what it does at each rate and share, and how it runs.
;(() => {
const { Panel, Play, number } = globalThis.play

class Momentum extends Play {
  get controls() {
    return [
      { name: "rate", label: "rate αλ", min: 0.02, max: 4.2, step: 0.02 },
      { name: "beta", label: "share β", min: 0, max: 1, step: 0.01 },
      { name: "k", label: "steps", min: 0, max: this.data.steps, step: 1 },
    ]
  }

  get narrow() {
    return 460
  }

  walk({ rate, beta, k }) {
    const path = [1]
    let velocity = 0
    while (path.length <= k) {
      velocity = beta * velocity + path.at(-1)
      path.push(path.at(-1) - rate * velocity)
    }
    return path
  }

  // The larger root of z² − (1 + β − αλ) z + β, and what the mode does.
  root({ rate, beta }) {
    const half = (1 + beta - rate) / 2
    const inside = half * half - beta
    const size = inside < 0 ? Math.sqrt(beta) : Math.abs(half) + Math.sqrt(inside)
    const way = size > 1 + 1e-9 ? "It flies off." : size > 1 - 1e-9 ? "It goes on for ever." : inside < -1e-9 ? "It rings." : half < 0 ? "It flips its sign at each step." : "It creeps."
    return [size, way]
  }

  draw(stage, size, state) {
    const [map, run] = Panel.pair(
      size,
      { x: [0, 4.2], y: [0, 1], xLabel: "αλ", yLabel: "β", title: "what a mode does" },
      { x: [0, this.data.steps], y: [-1.5, 1.5], xLabel: "step", title: "what is left of it" },
    )
    const edge = (f, kind) => map.line(Array.from({ length: 101 }, (_, k) => [f(k / 100), k / 100]), kind)
    edge(beta => (1 - Math.sqrt(beta)) ** 2, "c2")
    edge(beta => (1 + Math.sqrt(beta)) ** 2, "c2")
    edge(beta => 2 + 2 * beta, "c3")
    for (const [word, at] of Object.entries({ creeps: [0.42, 0.04], rings: [1.5, 0.6], "flips sign": [2.05, 0.1], "flies off": [3.5, 0.3] })) map.note(at, word, "ink", "middle")
    map.line(this.data.valley, "c0")
    map.dots(this.data.valley, "c0", 5)
    map.dots(this.data.runs, "c0", 4)
    map.dots([[state.rate, state.beta]], "c4 handle", 8)
    const path = this.walk(state).map((value, k) => [k, value])
    run.line([[0, 0], [this.data.steps, 0]], "c7")
    run.line(path, "c0")
    run.dots(path, "c0", 2.5)
    stage.append(map.drawn, run.drawn)
    this.drags(map, ["rate", "beta"])
  }

  tell(state) {
    const [size, way] = this.root(state)
    const left = this.walk(state).at(-1)
    return {
      said: `αλ = ${number(state.rate)}, β = ${number(state.beta)}. ${way} In the long run each step leaves ${number(size, 3)} of it. After ${state.k} steps ${number(left, 3)} is left.`,
      rows: [
        ["size of the larger root", number(size)],
        [`left after ${state.k} steps`, number(left)],
      ],
    }
  }
}

customElements.define("play-momentum", Momentum)
})()
