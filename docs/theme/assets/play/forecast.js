// One logit, the probability that it stands for, and what two losses make of it.
;(() => {
const { Panel, Play, number } = globalThis.play

// The losses and their slopes by z, where the label is 1; where it is 0, z changes its sign.
const sigmoid = z => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)))
const surprise = z => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, -z)
const square = z => sigmoid(-z) ** 2 / 2

class Forecast extends Play {
  get controls() {
    const { reach } = this.data
    return [
      { name: "z", label: "logit z", min: -reach, max: reach, step: 0.1 },
      { name: "y", label: "label y", options: [["1", "1, it rained"], ["0", "0, it did not"]] },
    ]
  }

  losses(z, y) {
    const turn = y === "1" ? 1 : -1
    const wrong = sigmoid(-turn * z)
    return {
      cross: surprise(turn * z),
      crossSlope: -turn * wrong,
      squares: square(turn * z),
      squaresSlope: -turn * wrong * wrong * sigmoid(turn * z),
    }
  }

  draw(stage, size, { z, y }) {
    const { reach } = this.data
    const [left, right] = Panel.pair(
      size,
      { x: [-reach, reach], y: [0, 6], xLabel: "z", title: "the loss" },
      { x: [-reach, reach], y: [-1.1, 1.1], xLabel: "z", title: "its slope" },
    )
    right.line([[-reach, 0], [reach, 0]], "c7")
    const now = this.losses(z, y)
    for (const [name, kind] of [["cross", "c2"], ["squares", "c0"]]) {
      left.curve(at => this.losses(at, y)[name], kind)
      right.curve(at => this.losses(at, y)[`${name}Slope`], kind)
      left.dots([[z, now[name]]], kind, 5)
      right.dots([[z, now[`${name}Slope`]]], kind, 5)
    }
    right.legend([["c2", "cross-entropy"], ["c0", "half the square"]])
    stage.append(left.drawn, right.drawn)
    this.drags(left, ["z"])
  }

  tell({ z, y }) {
    const { cross, crossSlope, squares, squaresSlope } = this.losses(z, y)
    return {
      said: `z = ${number(z)} is the probability ${number(sigmoid(z))}. The cross-entropy is ${number(cross, 3)} with the slope ${number(crossSlope, 3)}, half the square ${number(squares, 3)} with the slope ${number(squaresSlope, 3)}.`,
      rows: [
        ["probability", number(sigmoid(z))],
        ["cross-entropy", number(cross)],
        ["its slope", number(crossSlope)],
        ["half the square", number(squares)],
        ["its slope", number(squaresSlope)],
      ],
    }
  }
}

customElements.define("play-forecast", Forecast)
})()
