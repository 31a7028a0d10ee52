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
