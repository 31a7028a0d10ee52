// What figures to play with have in common: numbers, drawing, controls, and a state in the address.
// These are scripts and no modules, which browsers do not load from a folder.
;(() => {
const SVG = "http://www.w3.org/2000/svg"
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

const element = space => (name, attributes = {}, ...children) => {
  const made = space ? document.createElementNS(space, name) : document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value)
  }
  made.append(...children)
  return made
}
const svg = element(SVG)
const html = element()

// A number with so many significant digits, written as the book writes it.
const number = (value, digits = 4) => {
  if (Math.abs(value) < 1e-12) return "0" // what is left of rounding
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "∞" : "−∞"
  const [mantissa, power] = value.toExponential(digits - 1).split("e")
  const plain = +power >= -4 && +power < digits
  const text = plain ? (+value.toPrecision(digits)).toString() : (+mantissa).toString()
  const signed = text.replace("-", "−")
  return plain ? signed : `${signed} · ${ten(power)}`
}

const ten = power => `10${power < 0 ? "⁻" : ""}${[...String(Math.abs(power))].map(digit => SUPERSCRIPTS[digit]).join("")}`

// Marks of an axis: round numbers, about as many as asked for.
const marks = (low, high, count) => {
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find(each => each * power >= rough)
  const first = Math.ceil(low / step - 1e-9)
  const all = Math.floor(high / step + 1e-9) - first + 1
  return Array.from({ length: all }, (_, k) => (first + k) * step)
}

// A panel with axes: maps numbers to places in a box, and draws what it is given.
//   x, y: the ranges; of y the range of its powers of ten, where `powers` is set
//   equal: a unit of x is as long as one of y
//   bare: no axes; yTicks: false for an axis that means nothing
class Panel {
  constructor({ left = 0, top = 0, width, height, x, y, xLabel, yLabel, title, powers, equal, bare, xMarks, yTicks = true }) {
    const inner = bare ? { left, top, width, height } : { left: left + 44, top: top + 22, width: width - 56, height: height - 58 }
    if (equal) {
      const unit = Math.min(inner.width / (x[1] - x[0]), inner.height / (y[1] - y[0]))
      const [wide, high] = [unit * (x[1] - x[0]), unit * (y[1] - y[0])]
      inner.left += (inner.width - wide) / 2
      inner.top += (inner.height - high) / 2
      Object.assign(inner, { width: wide, height: high })
    }
    const scale = powers ? Math.log10 : value => value
    this.box = inner
    this.range = { x, y }
    this.x = value => inner.left + ((value - x[0]) / (x[1] - x[0])) * inner.width
    this.y = value => inner.top + ((y[1] - scale(value)) / (y[1] - y[0])) * inner.height
    this.clip = `clip-${(Panel.made = (Panel.made ?? 0) + 1)}`
    this.content = svg("g", { "clip-path": `url(#${this.clip})` })
    const lines = svg("g", { class: "grid" })
    const texts = svg("g", { class: "ticks" })
    for (const at of bare ? [] : xMarks ?? marks(...x, Math.max(2, inner.width / 70))) {
      lines.append(svg("path", { d: `M${this.x(at)},${inner.top}v${inner.height}` }))
      texts.append(this.text(this.x(at), inner.top + inner.height + 16, number(at), "middle"))
    }
    for (const at of bare || !yTicks ? [] : marks(...y, inner.height / 45)) {
      const height = this.y(powers ? 10 ** at : at)
      lines.append(svg("path", { d: `M${inner.left},${height}h${inner.width}` }))
      texts.append(this.text(inner.left - 6, height + 4, powers ? ten(at) : number(at), "end"))
    }
    this.drawn = svg(
      "g", {},
      svg("clipPath", { id: this.clip }, svg("rect", { x: inner.left, y: inner.top, width: inner.width, height: inner.height })),
      lines, texts, this.content,
      this.text(inner.left + inner.width / 2, inner.top + inner.height + 33, xLabel ?? "", "middle"),
      this.text(inner.left - 34, inner.top - 8, yLabel ?? "", "start"),
      this.text(inner.left + inner.width / 2, inner.top - 8, title ?? "", "middle"),
    )
  }

  // Two panels side by side, or one below the other where there is no room.
  static pair({ width, height }, left, right) {
    const narrow = width < 560
    const size = narrow ? { width, height: height / 2 } : { width: width / 2, height }
    const second = narrow ? { top: height / 2 } : { left: width / 2 }
    return [new Panel({ ...size, ...left }), new Panel({ ...size, ...second, ...right })]
  }

  text(x, y, content, anchor) {
    return svg("text", { x, y, "text-anchor": anchor }, content)
  }

  // An ellipse around a place, by two of its half-axes.
  ring([x, y], along, across, kind) {
    const turn = k => [Math.cos((Math.PI * k) / 48), Math.sin((Math.PI * k) / 48)]
    const at = ([cos, sin]) => [x + cos * along[0] + sin * across[0], y + cos * along[1] + sin * across[1]]
    this.line(Array.from({ length: 97 }, (_, k) => at(turn(k))), kind)
  }

  // A word beside a place.
  note(at, content, kind, anchor = "start") {
    const [x, y] = this.place(at).split(",").map(Number)
    const made = this.text(x, y, content, anchor)
    if (kind) made.setAttribute("class", kind)
    this.content.append(made)
    return made
  }

  arrow(from, to, kind) {
    const [[x, y], [tipX, tipY]] = [from, to].map(each => this.place(each).split(",").map(Number))
    const turn = Math.atan2(tipY - y, tipX - x)
    const barb = side => `M${tipX},${tipY}L${tipX - 9 * Math.cos(turn + side)},${tipY - 9 * Math.sin(turn + side)}`
    this.content.append(svg("path", { d: `M${x},${y}L${tipX},${tipY}${barb(0.4)}${barb(-0.4)}`, class: kind }))
  }

  // What leaves the picture by far is held where a drawing can still end.
  place([x, y]) {
    const hold = value => Math.max(-1e4, Math.min(1e4, Number.isFinite(value) ? value : 1e4))
    return `${hold(this.x(x)).toFixed(1)},${hold(this.y(y)).toFixed(1)}`
  }

  line(points, kind) {
    this.content.append(svg("path", { d: `M${points.map(each => this.place(each)).join("L")}`, class: kind }))
  }

  dots(points, kind, radius = 3.5) {
    for (const each of points) {
      const [cx, cy] = this.place(each).split(",")
      const layer = kind.includes("handle") ? this.drawn : this.content // a handle is whole at the edge, too
      layer.append(svg("circle", { cx, cy, r: radius, class: kind }))
    }
  }

  star(at, kind) {
    const [x, y] = this.place(at).split(",").map(Number)
    const corner = k => {
      const [turn, far] = [(Math.PI * k) / 5, k % 2 ? 4 : 10]
      return `${(x + far * Math.sin(turn)).toFixed(1)},${(y - far * Math.cos(turn)).toFixed(1)}`
    }
    this.content.append(svg("path", { d: `M${Array.from({ length: 10 }, (_, k) => corner(k)).join("L")}Z`, class: kind }))
  }

  // Which line is which, in the corner where the data let it be.
  legend(entries) {
    entries.forEach(([kind, text], row) => {
      const [left, top] = [this.box.left + 12, this.box.top + 18 + 18 * row]
      const label = this.text(left + 28, top + 4, text, "start")
      this.drawn.append(svg("path", { d: `M${left},${top}h20`, class: kind }), label)
    })
  }

  curve(f, kind, pieces = 160) {
    const [low, high] = this.range.x
    this.line(Array.from({ length: pieces + 1 }, (_, k) => low + ((high - low) * k) / pieces).map(x => [x, f(x)]), kind)
  }

  // The numbers at a place of the screen.
  at({ clientX, clientY }) {
    const frame = this.drawn.ownerSVGElement.getBoundingClientRect()
    const { x, y } = this.range
    const inside = (value, [low, high]) => Math.max(low, Math.min(high, value))
    return [
      inside(x[0] + ((clientX - frame.left - this.box.left) / this.box.width) * (x[1] - x[0]), x),
      inside(y[1] - ((clientY - frame.top - this.box.top) / this.box.height) * (y[1] - y[0]), y),
    ]
  }
}

// A figure to play with. A subclass says which controls it has, and draws and tells a state.
//   controls: [{ name, label, min, max, step, log, unit }], or { name, label, options: [[value, text]] }
//   draw(stage, { width, height }, state): fills an empty drawing, as high as the figure
//   tell(state): { said, rows: [[name, text]] }
class Play extends HTMLElement {
  // The least height on a narrow screen.
  get narrow() {
    return 200
  }

  connectedCallback() {
    if (this.stage) return
    this.data = JSON.parse(this.dataset.play)
    const figure = this.querySelector("figure")
    const drawn = [...figure.querySelectorAll("img")].find(image => image.offsetHeight)
    this.ratio = drawn && drawn.offsetHeight / drawn.offsetWidth
    this.stage = svg("svg", { role: "img" })
    this.said = html("p", { class: "said-state", role: "status" })
    this.numbers = html("details", { class: "numbers" }, html("summary", {}, "The numbers"))
    this.inputs = Object.fromEntries(this.controls.map(control => [control.name, this.input(control)]))
    this.buttons = html("span", { class: "buttons" })
    if (this.controls.some(({ name }) => name === "k")) this.addPlay()
    this.addButton("Reset", () => this.change(this.data.state))
    const labels = this.controls.map(({ name, label }) => this.labelled(label, this.inputs[name]))
    this.panel = html("div", { class: "controls" }, ...labels, this.buttons)
    const place = html("div", { class: "stage" }, this.stage)
    place.style.maxWidth = `${drawn?.getAttribute("width") ?? 700}px`
    figure.prepend(place)
    figure.after(this.panel, this.said, this.numbers)
    this.classList.add("playing")
    this.state = { ...this.data.state, ...this.addressed() }
    this.controls.forEach(({ name }) => this.show(name))
    new ResizeObserver(() => this.redraw()).observe(this.stage.parentNode)
    this.addEventListener("keydown", event => event.key === "Escape" && this.pause())
    this.redraw()
    this.speak()
  }

  labelled(label, input) {
    return html("label", {}, html("span", {}, label), input, input.output ?? "")
  }

  input(control) {
    const id = `${this.localName}-${control.name}`
    if (control.options) {
      const options = control.options.map(([value, text]) => html("option", { value }, text))
      const select = html("select", { id, name: control.name }, ...options)
      select.addEventListener("input", () => this.change({ [control.name]: select.value }))
      return select
    }
    const { min, max, step, log } = control
    const range = log
      ? { min: Math.log10(min), max: Math.log10(max), step: (Math.log10(max) - Math.log10(min)) / 200 }
      : { min, max, step }
    const input = html("input", { id, type: "range", name: control.name, ...range })
    input.output = html("output", { for: id })
    input.addEventListener("input", () => {
      this.pause()
      const value = log ? +(10 ** input.value).toPrecision(3) : +input.value
      this.change({ [control.name]: value })
    })
    return input
  }

  show(name) {
    const control = this.controls.find(each => each.name === name)
    const [input, value] = [this.inputs[name], this.state[name]]
    input.value = control.log ? Math.log10(value) : value
    if (!input.output) return
    const told = number(value * (control.unit ?? 1))
    input.output.value = told
    input.setAttribute("aria-valuetext", told)
  }

  addButton(text, act) {
    const button = html("button", { type: "button", class: "md-button" }, text)
    button.addEventListener("click", act)
    this.buttons.append(button)
    return button
  }

  // The steps are shown one by one; who wants less motion goes on step by step.
  addPlay() {
    const last = this.controls.find(({ name }) => name === "k").max
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    const next = () => this.change({ k: this.state.k < last ? this.state.k + 1 : 0 })
    this.player = this.addButton(still ? "Step" : "Play", () => {
      if (still) return next()
      if (this.timer) return this.pause()
      if (this.state.k === last) this.change({ k: 0 })
      this.player.textContent = "Pause"
      this.timer = setInterval(() => (this.state.k < last ? next() : this.pause()), 180)
    })
  }

  pause() {
    if (!this.timer) return
    clearInterval(this.timer)
    this.timer = undefined
    this.player.textContent = "Play"
    this.speak()
  }

  disconnectedCallback() {
    clearInterval(this.timer)
  }

  change(part) {
    Object.assign(this.state, part)
    Object.keys(part).forEach(name => this.inputs[name] && this.show(name))
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => this.redraw())
    clearTimeout(this.talking)
    if (!this.timer) this.talking = setTimeout(() => this.speak(), 300)
  }

  redraw() {
    const width = this.stage.parentNode.clientWidth
    if (!width) return
    const height = Math.max(width < 560 ? this.narrow : 200, Math.round(width * (this.ratio ?? 0.6)))
    this.stage.setAttribute("viewBox", `0 0 ${width} ${height}`)
    this.stage.setAttribute("height", height)
    this.stage.replaceChildren()
    this.draw(this.stage, { width, height }, this.state)
    const { rows } = this.tell(this.state)
    const cells = rows.map(([name, text]) => html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, text)))
    const table = html("table", {}, html("tbody", {}, ...cells))
    this.numbers.replaceChildren(this.numbers.firstChild, table, html("pre", {}, html("code", { tabindex: 0 }, this.code(this.state))))
  }

  // The line of Python that reproduces a state.
  code(state) {
    return this.data.code.replace(/\{(\w+)\}/g, (_, name) => state[name])
  }

  // The state in words, and in the address, when it has come to rest.
  speak() {
    const said = this.tell(this.state).said.replace(/(after 1 (?:step|update))s/i, "$1")
    this.said.textContent = said
    this.stage.setAttribute("aria-label", said)
    const address = new URL(location)
    for (const { name } of this.controls) {
      const key = `${this.localName.slice(5)}.${name}`
      if (this.state[name] === this.data.state[name]) address.searchParams.delete(key)
      else address.searchParams.set(key, this.state[name])
    }
    if (address.href !== location.href) history.replaceState(history.state, "", address)
  }

  addressed() {
    const found = {}
    for (const { name, options, min, max } of this.controls) {
      const text = new URL(location).searchParams.get(`${this.localName.slice(5)}.${name}`)
      if (text === null) continue
      if (options) {
        if (options.some(([value]) => value === text)) found[name] = text
      } else if (text.trim() !== "" && +text >= min && +text <= max) found[name] = +text
    }
    return found
  }

  // A place in a panel that the pointer drags, in two numbers that have controls of their own.
  drags(panel, [first, second]) {
    const follow = event => {
      const [x, y] = panel.at(event)
      const round = (value, name) => {
        const { min, max, step } = this.controls.find(each => each.name === name)
        const held = Math.max(min, Math.min(max, value))
        return +(Math.round((held - min) / step) * step + min).toPrecision(6)
      }
      this.pause()
      this.change({ [first]: round(x, first), ...(second && { [second]: round(y, second) }) })
    }
    this.stage.onpointerdown = event => {
      const [left, top] = [event.offsetX - panel.box.left, event.offsetY - panel.box.top]
      if (left < 0 || top < 0 || left > panel.box.width || top > panel.box.height) return
      event.preventDefault()
      this.stage.setPointerCapture(event.pointerId)
      this.stage.onpointermove = follow
      follow(event)
    }
    this.stage.onpointerup = this.stage.onpointercancel = () => { this.stage.onpointermove = null }
  }
}

// The places of gradient descent, from the start on; a place is an array.
const descend = (gradient, start, rate, steps) => {
  const path = [start]
  while (path.length <= steps) {
    const here = path.at(-1)
    const slope = gradient(here, path.length - 1)
    path.push(here.map((value, each) => value - rate * slope[each]))
  }
  return path
}

globalThis.play = { Panel, Play, descend, number, svg }
})()
