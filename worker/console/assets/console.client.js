/**
 * What a page can do better with a script. Without it everything works all the same: nothing is shown, checked or sent
 * here that the server does not know.
 */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
if (zone && !document.cookie.includes('tz=')) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not everywhere yet
  document.cookie = `tz=${encodeURIComponent(zone)}; Path=/; Max-Age=31536000; SameSite=Lax`
}

for (const time of document.querySelectorAll('time[title]')) {
  time.title = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' })
}

document.querySelector('[data-focus]')?.focus()

/** Copying: the button says what it copies, and that it did. */
const status = document.querySelector('[role=status]')
if (navigator.clipboard) {
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = false
    button.addEventListener('click', async () => {
      const from = document.getElementById(button.dataset.copy)
      await navigator.clipboard.writeText(from.value ?? from.textContent)
      const label = button.lastElementChild ?? button
      const before = label.textContent
      label.textContent = 'Copied'
      if (status) status.textContent = 'Copied'
      button.dispatchEvent(new Event('kept', { bubbles: true }))
      setTimeout(() => {
        label.textContent = before
      }, 2000)
    })
  }
}

/** A secret that is on the page once: away with it when one leaves, and a question first if it was not kept. */
const secret = document.querySelector('[data-secret]')
let mayLeave = true
if (secret) {
  history.replaceState(null, '', secret.dataset.secret)
  mayLeave = false
  for (const event of ['kept', 'click']) {
    secret.addEventListener(event, ({ type, target }) => {
      if (type === 'kept' || target.closest('[data-keeps]')) mayLeave = true
    })
  }
  addEventListener('pagehide', () => secret.remove())
}
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())

/** The rows of a matrix whose resource is called so. What is ticked in the others stays, and is sent. */
for (const narrow of document.querySelectorAll('[data-narrow]')) {
  const [input, count] = narrow.querySelectorAll('input, output')
  const bodies = [...narrow.nextElementSibling.querySelectorAll('tbody')]
  const rows = bodies.flatMap((body) => [...body.rows].slice(1))
  narrow.hidden = false
  input.addEventListener('input', (event) => {
    // Nothing that could be lost.
    event.stopPropagation()
    const wanted = input.value.trim().toUpperCase().replace(/\s+/g, '_')
    for (const row of rows) row.hidden = !row.cells[0].textContent.toUpperCase().includes(wanted)
    for (const body of bodies) body.hidden = [...body.rows].slice(1).every(({ hidden }) => hidden)
    count.textContent = wanted && `${rows.filter(({ hidden }) => !hidden).length} of ${rows.length}`
  })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault()
  })
}

/** What was typed is not lost without a question. */
for (const form of document.querySelectorAll('[data-guard]')) {
  form.addEventListener('input', () => {
    mayLeave = false
  })
  form.addEventListener('submit', () => {
    mayLeave = true
  })
}
addEventListener('beforeunload', (event) => mayLeave || event.preventDefault())

/** Single keys, but not where one types. */
addEventListener('keydown', (event) => {
  const isTyping = event.target.closest?.('input:not([type=checkbox],[type=radio]), textarea, select')
  if (event.key === 'Escape') {
    const open = document.querySelector('details.menu[open]')
    if (open) {
      open.open = false
      open.firstElementChild.focus()
    }
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
  if (!wanted) return
  event.preventDefault()
  if (wanted instanceof HTMLInputElement) wanted.focus()
  else wanted.click()
})

addEventListener('click', ({ target }) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(target)) menu.open = false
  }
})
