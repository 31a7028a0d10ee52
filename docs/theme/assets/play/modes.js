// Gradient descent in a bowl along its own axes: the path, and how fast each mode dies out.
;(() => {
const { Panel, Play, descend, number } = globalThis.play

class Modes extends Play {
  get controls() {
    const { steps, largest } = this.data
    return [
      { name: "share", label: "rate α times larger curvature", min: 0.05, max: 2.2, step: 0.01 },
      { name: "kappa", label: "condition number κ", min: 1, max: largest, log: true },
      { name: "k", label: "steps", min: 0, max: steps, step: 1 },
    ]
  }

  walk({ kappa, share, k }) {
    return descend(([slow, fast]) => [slow, kappa * fast], [1, 1], share / kappa, k)
  }

  draw(stage, size, state) {
    const path = this.walk(state)
    const [map, modes] = Panel.pair(
      size,
      { x: [-1.5, 1.5], y: [-1.5, 1.5], xLabel: "tilt", yLabel: "lift", title: "the path", equal: true },
      { x: [0, this.data.steps], y: [-6, 2], powers: true, xLabel: "step", title: "what is left of each" },
    )
    for (const level of [0.25, 0.5, 1, 2]) map.ring([0, 0], [level, 0], [0, level / Math.sqrt(state.kappa)], "c7")
    map.line(path, "c0")
    map.dots(path, "c0", 3)
    map.star([0, 0], "c4 filled")
    for (const [mode, kind] of [[0, "c2"], [1, "c3"]]) {
      const left = path.map((place, k) => [k, Math.abs(place[mode])]).filter(([, rest]) => rest > 1e-9)
      modes.line(left, kind)
      modes.dots(left, kind, 2.5)
    }
    modes.legend([["c2", "tilt, curvature 1"], ["c3", "lift, curvature κ"]])
    stage.append(map.drawn, modes.drawn)
  }

  tell(state) {
    const { kappa, share, k } = state
    const [slow, fast] = [1 - share / kappa, 1 - (share / kappa) * kappa]
    const [tilt, lift] = this.walk(state).at(-1)
    const size = value => Math.round(1e9 * Math.abs(value)) / 1e9
    const way = size(fast) > 1 ? "The lift grows: the step is too long for the larger curvature."
      : size(fast) === 1 ? "The lift jumps for ever."
        : Math.abs(size(slow) - size(fast)) < 0.006 ? "Both die out alike, and no rate does much better."
          : size(slow) > size(fast) ? "The tilt is the slower one."
            : "The lift is the slower one."
    return {
      said: `κ = ${number(kappa)}. A step leaves ${number(slow)} of the tilt and ${number(fast)} of the lift. ${way}`,
      rows: [
        ["factor of the tilt", number(slow)],
        ["factor of the lift", number(fast)],
        ["the best that a rate can do", number((kappa - 1) / (kappa + 1))],
        [`tilt after ${k} steps`, number(tilt)],
        [`lift after ${k} steps`, number(lift)],
      ],
    }
  }
}

customElements.define("play-modes", Modes)
})()
