/** How somebody works: with the mouse, or with the keyboard alone. Controls are found by role and name only. */

import type { Locator, Page } from 'playwright-core'

export interface Hands {
  /** A link, a button, a checkbox, a radio button. */
  press(control: Locator): Promise<void>
  /** A text field: what is in it is replaced. */
  type(field: Locator, text: string): Promise<void>
  /** One of a `<select>`, by its label. */
  choose(field: Locator, label: string): Promise<void>
}

export const withMouse = (): Hands => ({
  press: (control) => control.click(),
  type: (field, text) => field.fill(text),
  choose: async (field, label) => {
    await field.selectOption({ label })
  },
})

export const withKeyboard = (page: Page): Hands => ({
  async press(control) {
    await tabTo(page, control)
    const isTicked = await control.evaluate((element) =>
      element.matches('input[type=checkbox], input[type=radio]'),
    )
    await page.keyboard.press(isTicked ? 'Space' : 'Enter')
  },
  async type(field, text) {
    await tabTo(page, field)
    await page.keyboard.press('ControlOrMeta+a')
    if (text === '') await page.keyboard.press('Delete')
    else await page.keyboard.type(text)
  },
  async choose(field, label) {
    await tabTo(page, field)
    await page.keyboard.type(label)
  },
})

/** Presses what leads to another page, and goes on when that is there: a key is not waited for. */
export const goBy = (hands: Hands, page: Page) => async (control: Locator) => {
  await Promise.all([page.waitForEvent('load'), hands.press(control)])
}

/** More controls than any page has. */
const MOST_STOPS = 200

/** Tab by Tab, as a person would; of a group of radio buttons the arrows lead on. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor({ state: 'attached' })
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    const where = await control.evaluate((element) => {
      const here = document.activeElement
      if (element === here) return 'here'
      const isBeside =
        element instanceof HTMLInputElement &&
        here instanceof HTMLInputElement &&
        element.type === 'radio' &&
        here.type === 'radio' &&
        element.name === here.name
      return isBeside ? 'beside' : 'elsewhere'
    })
    if (where === 'here') return
    await page.keyboard.press(where === 'beside' ? 'ArrowDown' : 'Tab')
  }
  throw new Error(`The keyboard does not get to ${control}`)
}

/** How a flow is done: every one with the first two, those that matter most with all. */
export const MOUSE = { by: 'the mouse', id: 'mouse', isScriptless: false, handsOf: withMouse }
export const KEYBOARD = {
  by: 'the keyboard alone',
  id: 'keyboard',
  isScriptless: false,
  handsOf: withKeyboard,
}
export const SCRIPTLESS = { by: 'no script', id: 'scriptless', isScriptless: true, handsOf: withMouse }
export type Way = typeof MOUSE | typeof KEYBOARD
export const WITH_SCRIPT: readonly Way[] = [MOUSE, KEYBOARD]
export const WAYS: readonly Way[] = [...WITH_SCRIPT, SCRIPTLESS]
