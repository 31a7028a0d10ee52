// A graph of operations: what each number is, and how the signals come back, one node at a time.
;(() => {
const { Panel, Play, number } = globalThis.play

// What a node makes of its inputs, and the derivative with respect to each of them.
const operations = {
  add: [(a, b) => a + b, () => [1, 1]],
  subtract: [(a, b) => a - b, () => [1, -1]],
  multiply: [(a, b) => a * b, (a, b) => [b, a]],
  square: [a => a * a, a => [2 * a]],
}

class Backward extends Play {
  get controls() {
    const sliders = this.data.inputs.map(name => ({ name, label: name, min: -2, max: 2, step: 0.1 }))
    return [...sliders, { name: "k", label: "nodes that have sent", min: 0, max: this.data.order.length, step: 1 }]
  }

  forward(state) {
    const values = { ...state }
    for (const { name, does, from } of this.data.order) {
      values[name] = operations[does][0](...from.map(each => values[each]))
    }
    return values
  }

  // The signals after the last k nodes of the order have sent theirs, and the last sender with what it sent.
  backward(values, k) {
    const order = this.data.order.toReversed()
    const signals = { [order[0].name]: 1 }
    let sender
    for (const { name, does, from } of order.slice(0, k)) {
      const slopes = operations[does][1](...from.map(each => values[each]))
      const sent = slopes.map(slope => signals[name] * slope)
      const before = from.map(each => signals[each])
      from.forEach((each, which) => { signals[each] = (signals[each] ?? 0) + sent[which] })
      sender = { name, from, sent, before }
    }
    return [signals, sender]
  }

  draw(stage, size, state) {
    const { places, order, x, y } = this.data
    const values = this.forward(state)
    const [signals, sender] = this.backward(values, state.k)
    const panel = new Panel({ ...size, x, y, bare: true })
    const between = (from, to) => [0.27, 0.73].map(share => from.map((each, side) => each + share * (to[side] - each)))
    for (const { name, from } of order) {
      for (const each of from) {
        const way = between(places[each], places[name])
        if (name === sender?.name) panel.arrow(...way.toReversed(), "c3")
        else panel.arrow(...way, "c7")
      }
    }
    for (const [name, [across, up]] of Object.entries(places)) {
      const isNew = state.k ? sender.from.includes(name) : name in signals
      panel.note([across, up], name, "name", "middle")
      panel.note([across, up + 0.24], number(values[name], 3), "c0", "middle")
      if (name in signals) panel.note([across, up - 0.24], number(signals[name], 3), isNew ? "c3" : "c1", "middle")
    }
    stage.append(panel.drawn)
  }

  tell(state) {
    const { order, inputs } = this.data
    const values = this.forward(state)
    const last = order.at(-1).name
    const [signals, sender] = this.backward(values, state.k)
    const [all] = this.backward(values, order.length)
    const sent = sender && sender.from.map((each, which) => `${number(sender.sent[which])} to ${each}`).join(" and ")
    const meets = sender && sender.from.filter((_, which) => sender.before[which] !== undefined)
      .map(each => ` At ${each} it meets ${number(sender.before[sender.from.indexOf(each)])}, and together they are ${number(signals[each])}.`).join("")
    return {
      said: sender ? `${sender.name} sends ${sent}.${meets}` : `${last} is ${number(values[last])}. Its own signal is 1.`,
      rows: [
        [last, number(values[last])],
        ...inputs.map(name => [`∂${last}/∂${name}`, number(all[name])]),
      ],
    }
  }
}

customElements.define("play-backward", Backward)
})()
