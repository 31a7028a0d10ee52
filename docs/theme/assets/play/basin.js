// Descent on a land with four valleys: which one a start leads to, and what noise changes.
;(() => {
const { Panel, Play, descend, number, svg } = globalThis.play

const height = ([x, y]) => x ** 4 / 4 - x ** 2 / 2 + y ** 4 / 4 - y ** 2 / 2 + (x * y) / 4
const gradient = ([x, y]) => [x * x * x - x + y / 4, y * y * y - y + x / 4]

class Basin extends Play {
  get controls() {
    const { reach, noise } = this.data
    return [
      { name: "x", label: "start x", min: -reach, max: reach, step: 0.05 },
      { name: "y", label: "start y", min: -reach, max: reach, step: 0.05 },
      { name: "alpha", label: "learning rate α", min: 0.01, max: 0.2, step: 0.01 },
      { name: "sigma", label: "noise σ", min: 0, max: 1, step: 0.05 },
      { name: "k", label: "steps", min: 0, max: noise.length, step: 1 },
    ]
  }

  walk({ x, y, alpha, sigma, k }) {
    const noisy = (place, step) => gradient(place).map((slope, side) => slope + sigma * this.data.noise[step][side])
    return descend(noisy, [x, y], alpha, k)
  }

  // The valley in whose basin a place lies, without noise.
  valley(place) {
    const end = descend(gradient, place, 0.1, 300).at(-1)
    const far = at => Math.hypot(end[0] - at[0], end[1] - at[1])
    return this.data.valleys.findIndex(({ at }) => far(at) < 0.01)
  }

  draw(stage, size, state) {
    const { reach, valleys, noise } = this.data
    const path = this.walk(state)
    const [map, fall] = Panel.pair(
      size,
      { x: [-reach, reach], y: [-reach, reach], xLabel: "x", yLabel: "y", title: "four valleys", equal: true },
      { x: [0, noise.length], y: [-1, 1], xLabel: "step", title: "the height" },
    )
    this.basins ??= Array.from({ length: 441 }, (_, k) => [(k % 21) / 5 - 2, Math.floor(k / 21) / 5 - 2])
      .map(place => ({ place, leads: this.valley(place) }))
    valleys.forEach(({ at, colour }, valley) => {
      const dots = this.basins.filter(({ leads }) => leads === valley).map(({ place }) => `M${map.place(place)}h0`)
      map.content.append(svg("path", { d: dots.join(""), class: `${colour} specks` })) // many dots, as one path
      map.star(at, `${colour} filled`)
    })
    map.line(path, "ink")
    map.dots([path.at(-1)], "ink", 5)
    map.dots([path[0]], "c4 handle", 8)
    for (const { at, colour } of valleys) fall.line([[0, height(at)], [noise.length, height(at)]], colour)
    fall.line(path.map((place, k) => [k, height(place)]), "ink")
    stage.append(map.drawn, fall.drawn)
    this.drags(map, ["x", "y"])
  }

  tell(state) {
    const { valleys } = this.data
    const end = this.walk(state).at(-1)
    const [first, now] = [this.valley([state.x, state.y]), this.valley(end)]
    const deep = valley => (valley < 0 ? "on the border between valleys" : height(valleys[valley].at) < -0.5 ? "in the basin of a deep valley" : "in the basin of a shallow valley")
    const moved = first === now ? "still " : ""
    return {
      said: `The start, (${number(state.x)}, ${number(state.y)}), is ${deep(first)}. After ${state.k} steps the walk is ${moved}${deep(now)}, at the height ${number(height(end))}.`,
      rows: [
        ["start", `x = ${number(state.x)}, y = ${number(state.y)}`],
        [`after ${state.k} steps`, `x = ${number(end[0])}, y = ${number(end[1])}`],
        ["height there", number(height(end))],
      ],
    }
  }
}

customElements.define("play-basin", Basin)
})()
