// Numbers that are added up around a ring, round by round.
;(() => {
const { Panel, Play, number } = globalThis.play

class Ring extends Play {
  get controls() {
    const { processes } = this.data
    return [
      { name: "p", label: "machines p", options: processes.map(count => [String(count), count]) },
      { name: "k", label: "rounds", min: 0, max: 2 * (processes.at(-1) - 1), step: 1 },
    ]
  }

  get narrow() {
    return 340
  }

  // In the first half of the rounds a process adds what comes, in the second it takes it over.
  rounds({ p, k }) {
    const count = Number(p)
    const holds = Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, j) => (j + 1) * 10 ** i))
    let sent = []
    for (let round = 0; round < Math.min(k, 2 * (count - 1)); round++) {
      const adds = round < count - 1
      sent = holds.map((chunks, i) => {
        const chunk = (i - round + 2 * count) % count
        return { from: i, to: (i + 1) % count, chunk, value: chunks[chunk], adds }
      })
      for (const { to, chunk, value, adds } of sent) holds[to][chunk] = adds ? holds[to][chunk] + value : value
    }
    return { count, holds, sent, round: Math.min(k, 2 * (count - 1)) }
  }

  draw(stage, size, state) {
    const { count, holds, sent } = this.rounds(state)
    const panel = new Panel({ ...size, x: [-1.5, 1.5], y: [-1.4, 1.3], bare: true })
    const turn = i => Math.PI / 2 - (2 * Math.PI * i) / count
    const at = i => [1.05 * Math.cos(turn(i)), 0.9 * Math.sin(turn(i))]
    const total = chunk => (chunk + 1) * Number("1".repeat(count))
    holds.forEach((chunks, i) => {
      const [x, y] = at(i)
      const [nextX, nextY] = at((i + 1) % count)
      const aside = count === 2 ? 0.12 * (nextY - y) : 0 // two machines: there and back, side by side
      const share = part => [x + part * (nextX - x) + aside, y + part * (nextY - y)]
      const going = sent.find(({ from }) => from === i)
      panel.arrow(share(0.36), share(0.64), going ? "c3" : "c7")
      if (going) panel.note([share(0.5)[0], share(0.5)[1] + 0.08], `${going.adds ? "+" : "="} ${number(going.value, 7)}`, "c3", "middle")
      panel.note([x, y + 0.26], `machine ${i}`, "ink", "middle")
      chunks.forEach((value, chunk) => {
        const fresh = sent.some(({ to, chunk: which }) => to === i && which === chunk)
        panel.note([x, y + 0.13 - 0.13 * chunk], number(value, 7), value === total(chunk) ? "c2" : fresh ? "c3" : "c7", "middle")
      })
    })
    stage.append(panel.drawn)
  }

  tell(state) {
    const { count, holds, round } = this.rounds(state)
    const total = chunk => (chunk + 1) * Number("1".repeat(count))
    const full = holds.map(chunks => chunks.filter((value, chunk) => value === total(chunk)).length)
    const way = round === 0 ? "Nothing has been sent." : round < count - 1 ? "Each machine adds what comes to what it has." : round === count - 1 ? "Each machine has one sum that is complete." : round < 2 * (count - 1) ? "The complete sums go round." : "Each machine has all sums."
    return {
      said: `Round ${round} of ${2 * (count - 1)}. ${way} Each has sent ${number(round / count, 3)} times its gradient.`,
      rows: [
        ["numbers of machine 0", holds[0].map(value => number(value)).join(", ")],
        ["complete sums of each machine", full.join(", ")],
        ["sent by each, as a share of its gradient", number(round / count)],
      ],
    }
  }
}

customElements.define("play-ring", Ring)
})()
