// The losses of the samples and their mean, and the slopes of both, at a weight of your choice.
;(() => {
const { Panel, Play, number } = globalThis.play
const mean = values => values.reduce((total, each) => total + each, 0) / values.length

class Parts extends Play {
  get controls() {
    const { x, step } = this.data
    return [
      { name: "w", label: "weight w", min: x[0], max: x[1], step },
      { name: "third", label: "target of the third sample", min: 4, max: 8, step: 0.25 },
    ]
  }

  parts({ w, third }) {
    const samples = this.data.samples.map(([x, y], i) => [x, i === 2 ? third : y])
    return {
      losses: samples.map(([x, y]) => (w * x - y) ** 2),
      slopes: samples.map(([x, y]) => 2 * x * (w * x - y)),
    }
  }

  draw(stage, size, state) {
    const { w } = state
    const at = w => this.parts({ ...state, w })
    const { x, heights, reach, samples } = this.data
    const [left, right] = Panel.pair(
      size,
      { x, y: heights, xLabel: "w", title: "the losses" },
      { x, y: reach, xLabel: "w", title: "the slopes" },
    )
    const { losses, slopes } = at(w)
    right.line([[x[0], 0], [x[1], 0]], "c7")
    samples.forEach((_, i) => {
      left.curve(w => at(w).losses[i], "c7")
      right.curve(w => at(w).slopes[i], "c7", 1)
      left.dots([[w, losses[i]]], "c7")
      right.dots([[w, slopes[i]]], "c7")
      right.arrow([w, 0], [w, slopes[i]], "c7")
    })
    left.curve(w => mean(at(w).losses), "c0")
    right.curve(w => mean(at(w).slopes), "c1", 1)
    const [loss, slope] = [mean(losses), mean(slopes)]
    left.curve(place => loss + slope * (place - w), "c1 dashed", 1)
    left.dots([[w, loss]], "c4 handle", 6)
    right.dots([[w, slope]], "c1", 6)
    right.legend([["c7", "one sample"], ["c0", "f, their mean"], ["c1", "its slope, f′"]])
    stage.append(left.drawn, right.drawn)
    this.drags(left, ["w"])
  }

  tell(state) {
    const { w } = state
    const { losses, slopes } = this.parts(state)
    const signs = new Set(slopes.map(Math.sign))
    const way = signs.size > 1 ? "The samples do not agree on the way." : signs.has(0) ? "All samples are content." : signs.has(1) ? "All samples want a smaller w." : "All samples want a larger w."
    return {
      said: `At w = ${number(w)} the slopes are ${slopes.map(each => number(each)).join(", ")}, and their mean is ${number(mean(slopes))}. ${way}`,
      rows: [
        ["slopes", slopes.map(each => number(each)).join(", ")],
        ["their mean", number(mean(slopes))],
        ["mean of the losses", number(mean(losses))],
      ],
    }
  }
}

customElements.define("play-parts", Parts)
})()
