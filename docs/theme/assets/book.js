// Show all code: opens the folds of a page, and is remembered by the browser.
const all = document.querySelector(".all-code")
if (all) {
  const folds = document.querySelectorAll("details.code")
  const lines = document.querySelectorAll(".again > input")
  const box = all.querySelector("input")
  const show = () => {
    folds.forEach(fold => { fold.open = box.checked })
    lines.forEach(line => { line.checked = box.checked })
  }
  box.checked = localStorage.getItem("all-code") === "yes"
  if (box.checked) show()
  box.addEventListener("change", () => {
    localStorage.setItem("all-code", box.checked ? "yes" : "no")
    show()
  })
  all.hidden = false
}

// What scrolls can be reached by keyboard, and what does not is no stop.
const scrollers = ".md-typeset__scrollwrap, .highlight code, pre.output, .math"
const mark = element => {
  if (element.scrollWidth > element.clientWidth) element.tabIndex = 0
  else element.removeAttribute("tabindex")
}
const markAll = () => document.querySelectorAll(scrollers).forEach(mark)
addEventListener("load", () => requestIdleCallback(markAll))
addEventListener("resize", () => requestIdleCallback(markAll))
document.addEventListener("toggle", event => event.target.querySelectorAll(scrollers).forEach(mark), true)
