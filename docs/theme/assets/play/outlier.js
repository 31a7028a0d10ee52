// One reading among others is moved, and the best prediction follows it, or does not.
;(() => {
const { Panel, Play, number } = globalThis.play
const sum = values => values.reduce((total, each) => total + each, 0)

// Where the pulls on c, which grow with c, are in balance.
const balanced = pull => {
  let [low, high] = [-50, 50]
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2
    if (pull(middle) > 0) high = middle
    else low = middle
  }
  return (low + high) / 2
}

class Outlier extends Play {
  get controls() {
    const { x } = this.data
    return [
      { name: "far", label: "the reading that moves", min: x[0], max: x[1], step: 0.1 },
      { name: "delta", label: "δ of Huber's loss", min: 0.1, max: 10, log: true },
    ]
  }

  best({ far, delta }) {
    const all = [...this.data.others, far]
    const clipped = miss => Math.max(-delta, Math.min(delta, miss))
    return {
      mean: sum(all) / all.length,
      median: [...all].sort((a, b) => a - b)[(all.length - 1) / 2],
      huber: balanced(c => sum(all.map(each => clipped(c - each)))),
    }
  }

  draw(stage, size, state) {
    const { x, others } = this.data
    const kinds = { mean: "c0", median: "c1", huber: "c2" }
    const [crowd, answers] = Panel.pair(
      size,
      { x, y: [0, 4], yTicks: false, xLabel: "reading", title: "the readings" },
      { x, y: [0, 6], xLabel: "the reading that moves", yLabel: "best c", title: "where the answer goes" },
    )
    const best = this.best(state)
    Object.entries(kinds).forEach(([name, kind]) => {
      crowd.line([[best[name], 0], [best[name], 4]], kind)
      answers.curve(far => this.best({ ...state, far })[name], kind, 60)
      answers.dots([[state.far, best[name]]], kind, 5)
    })
    others.forEach((each, k) => crowd.dots([[each, 0.4 + 0.35 * others.slice(0, k).filter(one => one === each).length]], "c4", 5))
    crowd.dots([[state.far, 0.4]], "c4 handle", 8)
    answers.legend([["c0", "the mean"], ["c2", "Huber"], ["c1", "the median"]])
    stage.append(crowd.drawn, answers.drawn)
    this.drags(crowd, ["far"])
  }

  tell(state) {
    const { mean, median, huber } = this.best(state)
    return {
      said: `With the reading at ${number(state.far)}, the mean is ${number(mean)}, Huber's answer ${number(huber)}, and the median ${number(median)}.`,
      rows: [
        ["mean", number(mean)],
        ["Huber's answer", number(huber)],
        ["median", number(median)],
      ],
    }
  }
}

customElements.define("play-outlier", Outlier)
})()
