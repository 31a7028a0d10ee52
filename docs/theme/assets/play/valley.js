// Gradient descent in a valley: a start, a rate, and where the walk goes.
;(() => {
const { Panel, Play, descend, number } = globalThis.play

const slope = ({ hessian, lowest }, [w, b]) => {
  const [dw, db] = [w - lowest[0], b - lowest[1]]
  return hessian.map(([first, second]) => first * dw + second * db)
}

const lossAt = (land, point) => {
  const [dw, db] = [point[0] - land.lowest[0], point[1] - land.lowest[1]]
  const [gw, gb] = slope(land, point)
  return (dw * gw + db * gb) / 2 + land.floor
}

const walk = (land, { alpha, w, b, k }) => descend(point => slope(land, point), [w, b], alpha, k)

class Valley extends Play {
  get controls() {
    const { x, y, steps, largest, fine } = this.data
    return [
      { name: "alpha", label: "learning rate α", min: largest / 140, max: largest, step: largest / 140 },
      { name: "w", label: "start w", min: x[0], max: x[1], step: fine },
      { name: "b", label: "start b", min: y[0], max: y[1], step: fine },
      { name: "k", label: "steps", min: 0, max: steps, step: 1 },
    ]
  }

  draw(stage, size, state) {
    const { x, y, lowest, curvatures, directions, levels, other, samples } = this.data
    const map = { x, y, xLabel: "w", yLabel: "b" }
    const [line, panel] = samples
      ? Panel.pair(size, { x: samples.x, y: samples.y, xLabel: "x", yLabel: "y", title: "the line" }, { ...map, title: "its path", equal: true })
      : [undefined, new Panel({ ...size, ...map })]
    // A ring of equal height is an ellipse along the axes of the valley.
    for (const level of levels) {
      const axes = directions.map((way, side) => way.map(each => each * Math.sqrt((2 * level) / curvatures[side])))
      panel.ring(lowest, ...axes, "c7")
    }
    const draw = (alpha, kind) => {
      const path = walk(this.data, { ...state, alpha })
      panel.line(path, kind)
      panel.dots(path, kind, 3)
      return path
    }
    if (other) {
      draw(other, "c1")
      panel.legend([["c1", `α = ${number(other)}`], ["c0", `α = ${number(state.alpha)}`]])
    }
    const path = draw(state.alpha, "c0")
    panel.star(lowest, "c4 filled")
    panel.dots([path[0]], "c4 handle", 8)
    if (line) {
      const [w, b] = path.at(-1)
      for (const [at, target] of samples.points) line.line([[at, target], [at, w * at + b]], "c1")
      line.dots(samples.points, "c7")
      path.slice(0, 2).forEach(([slope, height]) => line.curve(at => slope * at + height, "c7", 1)) // the start, and the first round
      line.curve(at => w * at + b, "c0", 1)
      stage.append(line.drawn)
    }
    stage.append(panel.drawn)
    this.drags(panel, ["w", "b"])
  }

  tell(state) {
    const { lowest, bound } = this.data
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
    }
  }
}

customElements.define("play-valley", Valley)
})()
