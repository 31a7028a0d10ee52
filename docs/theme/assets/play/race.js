// A race of step rules from a start of your choice, in a valley along the axes and an oblique one.
;(() => {
const { Panel, Play, number } = globalThis.play

// Each takes a gradient, the rate, what it remembers, and the number of the step, and returns the step.
const rules = {
  plain: (g, rate) => rate * g,
  momentum: (g, rate, old, _, { beta }) => rate * (old.v = beta * (old.v ?? 0) + g),
  nesterov: (g, rate, old, _, { beta }) => rate * (g + beta * (old.v = beta * (old.v ?? 0) + g)),
  adagrad: (g, rate, old) => (rate * g) / (Math.sqrt((old.s = (old.s ?? 0) + g * g)) + 1e-10),
  rmsprop: (g, rate, old) => (rate * g) / (Math.sqrt((old.s = 0.99 * (old.s ?? 0) + 0.01 * g * g)) + 1e-8),
  adam: (g, rate, old, k) => {
    old.m = 0.9 * (old.m ?? 0) + 0.1 * g
    old.s = 0.999 * (old.s ?? 0) + 0.001 * g * g
    return (rate * old.m) / (1 - 0.9 ** k) / (Math.sqrt(old.s / (1 - 0.999 ** k)) + 1e-8)
  },
}

class Race extends Play {
  get controls() {
    const { x, y, steps } = this.data
    return [
      { name: "w", label: "start w", min: x[0], max: x[1], step: 0.1 },
      { name: "b", label: "start b", min: y[0], max: y[1], step: 0.1 },
      { name: "scale", label: "times the rates of the figure", min: 0.1, max: 3, log: true },
      { name: "k", label: "steps", min: 0, max: steps, step: 1 },
    ]
  }

  walk({ does, rate, ...options }, hessian, { w, b, scale, k }) {
    const path = [[w, b]]
    const old = [{}, {}]
    while (path.length <= k) {
      const here = path.at(-1)
      const slope = hessian.map(([first, second]) => first * here[0] + second * here[1])
      path.push(here.map((value, side) => value - rules[does](slope[side], scale * rate, old[side], path.length, options)))
    }
    return path
  }

  draw(stage, size, state) {
    const { x, y, lands, runners } = this.data
    const panels = Panel.pair(size, ...lands.map(({ name }) => ({ x, y, xLabel: "w", yLabel: "b", title: name })))
    lands.forEach(({ hessian, curvatures, directions }, side) => {
      const panel = panels[side]
      for (let k = 1; k < 10; k++) {
        const axes = directions.map((way, which) => way.map(each => each * Math.sqrt((0.1 * k * k) / curvatures[which])))
        panel.ring([0, 0], ...axes, "c7")
      }
      runners.forEach((runner, which) => {
        const path = this.walk(runner, hessian, state)
        panel.line(path, `c${which}`)
        panel.dots([path.at(-1)], `c${which}`, 4)
      })
      panel.star([0, 0], "ink filled")
      panel.dots([[state.w, state.b]], "ink handle", 7)
      stage.append(panel.drawn)
    })
    panels[0].legend(runners.map(({ name }, which) => [`c${which}`, name]))
    this.drags(panels[0], ["w", "b"])
  }

  tell(state) {
    const { lands, runners } = this.data
    const loss = ([w, b], [[first, second], [, last]]) => (first * w * w + 2 * second * w * b + last * b * b) / 2
    const losses = lands.map(({ hessian }) => runners.map(runner => loss(this.walk(runner, hessian, state).at(-1), hessian)))
    const ahead = losses.map(each => runners[each.indexOf(Math.min(...each))].name)
    return {
      said: `From (${number(state.w)}, ${number(state.b)}), after ${state.k} steps, ${ahead[0]} is lowest in the valley along the axes, and ${ahead[1]} in the oblique one.`,
      rows: runners.map(({ name }, which) => [`loss of ${name}, in each`, losses.map(each => number(each[which])).join(", ")]),
    }
  }
}

customElements.define("play-race", Race)
})()
