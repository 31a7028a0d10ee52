// The slope of a land in a direction of your choice, on the map and all around.
;(() => {
const { Panel, Play, number } = globalThis.play
const radians = angle => (angle * Math.PI) / 180

class Direction extends Play {
  get controls() {
    return [
      { name: "phi", label: "direction φ, in degrees", min: 0, max: 360, step: 1 },
      { name: "w", label: "place w", min: -3, max: 3, step: 0.1 },
      { name: "b", label: "place b", min: -1.5, max: 1.5, step: 0.1 },
    ]
  }

  gradient({ w, b }) {
    const [first, second] = this.data.curvatures
    return [first * w, second * b]
  }

  slope(state, phi = state.phi) {
    const [along, up] = this.gradient(state)
    return along * Math.cos(radians(phi)) + up * Math.sin(radians(phi))
  }

  draw(stage, size, state) {
    const { w, b, phi } = state
    const [first, second] = this.data.curvatures
    const steepest = Math.hypot(...this.gradient(state))
    const high = 1.1 * Math.hypot(3 * first, 1.5 * second)
    const [map, around] = Panel.pair(
      size,
      { x: [-4.5, 4.5], y: [-3, 3], xLabel: "w", yLabel: "b", title: "the map", equal: true, xMarks: [-4, -2, 0, 2, 4] },
      { x: [-6, 366], y: [-high, high], xLabel: "φ, in degrees", title: "the slope in each direction", xMarks: [0, 90, 180, 270, 360] },
    )
    const ring = (level, kind) => map.ring([0, 0], [Math.sqrt((2 * level) / first), 0], [0, Math.sqrt((2 * level) / second)], kind)
    for (const level of [0.5, 2, 4, 10, 14]) ring(level, "c7")
    ring((first * w * w + second * b * b) / 2, "c2")
    const ahead = (angle, length) => [w + length * Math.cos(radians(angle)), b + length * Math.sin(radians(angle))]
    const gamma = (Math.atan2(second * b, first * w) * 180) / Math.PI
    if (steepest) map.arrow([w, b], ahead(gamma, 1.5), "c1 dashed")
    map.arrow([w, b], ahead(phi, 1.5), "c0")
    map.dots([[w, b]], "c4 handle", 6)
    around.line([[0, 0], [360, 0]], "c7")
    around.curve(angle => this.slope(state, angle), "c1")
    if (steepest) around.line([[(gamma + 360) % 360, -high], [(gamma + 360) % 360, high]], "c1 dashed")
    // Measured: the heights a little ahead and behind.
    const height = ([w, b]) => (first * w * w + second * b * b) / 2
    const measured = angle => (height(ahead(angle, 1e-4)) - height(ahead(angle, -1e-4))) / 2e-4
    around.dots(Array.from({ length: 73 }, (_, k) => [5 * k, measured(5 * k)]), "c0", 1.8)
    around.dots([[phi, this.slope(state)]], "c0", 6)
    stage.append(map.drawn, around.drawn)
    this.drags(map, ["w", "b"])
  }

  tell(state) {
    const gradient = this.gradient(state)
    const [slope, steepest] = [this.slope(state), Math.hypot(...gradient)]
    const share = slope / (steepest || 1)
    const way = !steepest ? "The ground is flat here: the gradient is 0."
      : Math.abs(share) < 0.02 ? "This way leads along the level line."
        : share > 0.999 ? "This way is along the gradient, the steepest way up."
          : share < -0.999 ? "This way is against the gradient, the steepest way down."
            : share > 0 ? "This way leads up." : "This way leads down."
    return {
      said: `In the direction of ${number(state.phi)} degrees the slope is ${number(slope)}; that along the gradient is ${number(steepest)}. ${way}`,
      rows: [
        ["gradient", gradient.map(each => number(each)).join(", ")],
        ["its length", number(steepest)],
        ["slope in this direction", number(slope)],
      ],
    }
  }
}

customElements.define("play-direction", Direction)
})()
