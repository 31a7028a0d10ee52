// Gradient descent in a valley: a start, a rate, and where the walk goes.
;(() => {
const { Panel, Play, number } = globalThis.play

const slope = ({ hessian, lowest }, [w, b]) => {
  const [dw, db] = [w - lowest[0], b - lowest[1]]
  return hessian.map(([first, second]) => first * dw + second * db)
}

const lossAt = (land, point) => {
  const [dw, db] = [point[0] - land.lowest[0], point[1] - land.lowest[1]]
  const [gw, gb] = slope(land, point)
  return (dw * gw + db * gb) / 2 + land.floor
}

const walk = (land, { alpha, w, b, k }) => {
  const path = [[w, b]]
  while (path.length <= k) {
    const here = path.at(-1)
    const [gw, gb] = slope(land, here)
    path.push([here[0] - alpha * gw, here[1] - alpha * gb])
  }
  return path
}

class Valley extends Play {
  get controls() {
    const { x, y, steps, largest } = this.data
    return [
      { name: "alpha", label: "learning rate α", min: 0.01, max: largest, step: 0.01 },
      { name: "w", label: "start w", min: x[0], max: x[1], step: 0.05 },
      { name: "b", label: "start b", min: y[0], max: y[1], step: 0.05 },
      { name: "k", label: "steps", min: 0, max: steps, step: 1 },
    ]
  }

  draw(stage, { width, height }, state) {
    const { x, y, lowest, curvatures, directions } = this.data
    const panel = new Panel({ left: 0, top: 0, width, height, x, y, xLabel: "w", yLabel: "b" })
    // A ring of equal height is an ellipse along the axes of the valley.
    for (const level of this.data.levels) {
      const ring = Array.from({ length: 97 }, (_, k) => {
        const turn = (2 * Math.PI * k) / 96
        const along = [Math.cos(turn), Math.sin(turn)].map((share, side) => share * Math.sqrt((2 * level) / curvatures[side]))
        return [0, 1].map(each => lowest[each] + along[0] * directions[0][each] + along[1] * directions[1][each])
      })
      panel.line(ring, "background")
    }
    const other = walk(this.data, { ...state, alpha: this.data.other })
    panel.line(other, "bound")
    panel.dots(other, "bound", 3)
    const path = walk(this.data, state)
    panel.line(path, "walk")
    panel.dots(path, "walk", 3)
    panel.star(lowest, "goal")
    panel.dots([path[0]], "handle", 8)
    panel.legend([["bound", `α = ${number(this.data.other)}`], ["walk", `α = ${number(state.alpha)}`]])
    stage.append(panel.drawn)
    this.drags(panel, ["w", "b"])
  }

  tell(state) {
    const { lowest, bound, code } = this.data
    const path = walk(this.data, state)
    const [first, last] = [lossAt(this.data, path[0]), lossAt(this.data, path.at(-1))]
    const miss = Math.hypot(path.at(-1)[0] - lowest[0], path.at(-1)[1] - lowest[1])
    const way = state.alpha < bound ? "below the bound: it comes to the lowest point in the end" : "not below the bound: it does not come to the lowest point"
    return {
      said: `α = ${number(state.alpha)}, ${way}. After ${state.k} steps the loss is ${number(last)}, from ${number(first)}.`,
      rows: [
        ["bound 2/L", number(bound)],
        ["start", `w = ${number(state.w)}, b = ${number(state.b)}`],
        [`after ${state.k} steps`, `w = ${number(path.at(-1)[0])}, b = ${number(path.at(-1)[1])}`],
        ["loss there", number(last)],
        ["distance to the lowest point", number(miss)],
      ],
      code: ["alpha", "w", "b", "k"].reduce((text, name) => text.replace(`{${name}}`, state[name]), code),
    }
  }
}

customElements.define("play-valley", Valley)
})()
