import type { Locator, Page } from 'playwright/test'
import { expect, openScreen, startTraining, test, WITHOUT_DATA } from './journey'
import { drawDigit } from './strokes'

/** The place of one version's answer, by what stands over it. */
function answer(page: Page, name = 'Read as'): Locator {
  return page.getByText(name, { exact: true }).first().locator('xpath=following-sibling::*[1]')
}

/** A photo of a 7 on grey paper in slanted light, written by the page itself as a PNG. */
function photoOfSeven(page: Page, type = 'image/png'): Promise<number[]> {
  return page.evaluate(async (format) => {
    const canvas = new OffscreenCanvas(640, 480)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no canvas')
    const light = context.createLinearGradient(0, 0, 640, 480)
    light.addColorStop(0, '#8d8a84')
    light.addColorStop(1, '#d9d6cf')
    context.fillStyle = light
    context.fillRect(0, 0, 640, 480)
    context.strokeStyle = '#2b3a66'
    context.lineWidth = 9
    context.lineJoin = 'round'
    context.lineCap = 'round'
    context.beginPath()
    context.moveTo(260, 130)
    context.lineTo(380, 130)
    context.lineTo(300, 340)
    context.stroke()
    const blob = await canvas.convertToBlob({ type: format })
    return [...new Uint8Array(await blob.arrayBuffer())]
  }, type)
}

/** Hands the page a file as the clipboard or a drag would. */
async function give(page: Page, how: 'paste' | 'drop', bytes: readonly number[], name: string, type: string) {
  await page.evaluate(
    ([kind, content, fileName, fileType]) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(content)], fileName, { type: fileType }))
      const event =
        kind === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
      document.body.dispatchEvent(event)
    },
    [how, bytes, name, type] as const,
  )
}

test('drawings and pictures are read by two versions, judged, and remembered', async ({ page }) => {
  test.setTimeout(600_000)

  await test.step('two versions, of a few built-in digits', async () => {
    await page.goto(`${WITHOUT_DATA}/data`)
    await page.getByLabel('Training', { exact: true }).and(page.getByRole('textbox')).fill('6000')
    await page.getByLabel('Test', { exact: true }).and(page.getByRole('textbox')).fill('500')
    await page.getByRole('button', { name: 'Generate digits' }).click()
    await expect(page.getByText('Used for training')).toBeVisible({ timeout: 120_000 })
    await startTraining(page, { Epochs: '3', 'Run name': 'first' })
    await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 200_000 })
    await page.getByRole('button', { name: 'Train another' }).click()
    await startTraining(page, { Epochs: '3', 'Run name': 'second', Batch: '64' })
    await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 200_000 })
    await page.getByRole('link', { name: 'Open the run' }).click()
    await page.getByRole('button', { name: /^Register/ }).click()
    await openScreen(page, 'Models')
    await expect(page.getByRole('row').filter({ hasText: 'Version 2' })).toBeVisible()
  })

  await test.step('both read the same drawing', async () => {
    await openScreen(page, 'Draw')
    await page.getByLabel('Beside it').selectOption('Version 2')
    await expect(page).toHaveURL(/beside=2/)
    await drawDigit(page, 7)
    await expect(answer(page, 'Version 1')).toHaveText('7')
    await expect(answer(page, 'Version 2')).toHaveText('7')
    const remarks = page.getByRole('list', { name: 'Remarks' })
    await expect(remarks).toContainText('Both read a 7.')
    for (const name of ['Version 1', 'Version 2'])
      await expect(page.getByRole('list', { name: `Probability of each digit, ${name}` })).toBeVisible()
    await expect(page.getByText(/readings: half within .* 95 % within/)).toBeVisible()
    await page.getByLabel('Beside it').selectOption('None')
    await expect(answer(page)).toHaveText('7')
  })

  const verdict = page.getByRole('group', { name: 'Was it read right?' })
  const feedback = page.getByRole('list', { name: 'Feedback so far' })

  await test.step('right, wrong, taken back and brought back, by hand and by key', async () => {
    await verdict.getByRole('button', { name: 'Right' }).click()
    await expect(verdict.getByText('Kept: 7 was right.')).toBeVisible()
    await expect(feedback.getByRole('listitem')).toHaveText([/7, right/])
    await verdict.getByRole('button', { name: 'It was a 4', exact: true }).click()
    await expect(verdict.getByText('Kept: it was a 4, not a 7.')).toBeVisible()
    await expect(feedback.getByRole('listitem')).toHaveText([/7 → 4/])
    await verdict.getByRole('button', { name: 'Take back' }).click()
    await expect(feedback.getByRole('listitem')).toHaveCount(0)
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click()
    await expect(feedback.getByRole('listitem')).toHaveText([/7 → 4/])

    const pad = page.getByRole('group', { name: /^Drawing area/ })
    await pad.focus()
    await page.keyboard.press('1')
    await expect(answer(page)).toHaveText('1')
    await page.keyboard.press('y')
    await expect(verdict.getByText('Kept: 1 was right.')).toBeVisible()
    await page.keyboard.press('n')
    await page.keyboard.press('7')
    await expect(verdict.getByText('Kept: it was a 7, not a 1.')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(pad).toBeFocused()
    await expect(answer(page), 'leaving the row does not clear the drawing').toHaveText('1')
    await expect(page.getByText('0 right, 2 corrected')).toBeVisible()
  })

  await test.step('a pasted photo is read, and shown with what was done to it', async () => {
    await give(page, 'paste', await photoOfSeven(page), 'seven.png', 'image/png')
    await expect(page.getByRole('img', { name: 'A picture of a digit' })).toBeVisible()
    await expect(page.getByRole('list', { name: 'Remarks' })).toContainText(
      /PNG, 640 × 480: dark ink on light paper, inverted.*a thin line thickened/,
    )
    await expect(answer(page)).toHaveText('7')
    await give(page, 'drop', await photoOfSeven(page, 'image/jpeg'), 'seven.jpg', 'image/jpeg')
    await expect(page.getByRole('list', { name: 'Remarks' })).toContainText('JPEG, 640 × 480')
    await expect(answer(page)).toHaveText('7')
  })

  await test.step('a bad file is refused in one message, and the picture before stays', async () => {
    await give(
      page,
      'drop',
      Array.from('GIF89a not a picture', (letter) => letter.charCodeAt(0)),
      'x.gif',
      'image/gif',
    )
    const alert = page.getByRole('alert').filter({ hasText: 'The picture cannot be read' })
    await expect(alert).toContainText('Expected a PNG, JPEG or WebP picture, found a GIF.')
    await expect(answer(page)).toHaveText('7')
    const cut = (await photoOfSeven(page)).slice(0, 60)
    await give(page, 'paste', cut, 'cut.png', 'image/png')
    await expect(alert).toContainText('could not be decoded')
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect(alert).toHaveCount(0)
    await expect(answer(page)).toHaveText('Nothing drawn')
  })

  await test.step('two digits side by side are noticed', async () => {
    const box = await page.locator('canvas[aria-label]').first().boundingBox()
    if (box === null) throw new Error('no canvas')
    for (const x of [0.2, 0.8]) {
      await page.mouse.move(box.x + x * box.width, box.y + 0.2 * box.height)
      await page.mouse.down()
      await page.mouse.move(box.x + x * box.width, box.y + 0.8 * box.height, { steps: 8 })
      await page.mouse.up()
    }
    await expect(page.getByRole('list', { name: 'Remarks' })).toContainText('This looks like 2 digits.')
    await page.getByRole('button', { name: 'Clear' }).click()
  })

  await test.step('one answer a finished drawing was noted, and none once that is off', async () => {
    const noted = page.getByText(/^\d+\u00a0answers? noted/)
    await expect(noted).toHaveText(/^5\u00a0answers/)
    await page.getByLabel('Note answers, to look for drift').uncheck()
    await page.locator('canvas[aria-label]').first().scrollIntoViewIfNeeded()
    await drawDigit(page, 3)
    await expect(page.getByText(/^[\d.]+\u00a0% sure/)).toBeVisible()
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect(noted).toHaveText(/^5\u00a0answers/)
  })

  await test.step('an alias that moves is followed at once, with the drawing that is there', async () => {
    await moveAlias(page, 'trial', 1)
    await page.goto(`${WITHOUT_DATA}/draw?alias=trial`)
    await drawDigit(page, 7)
    await expect(answer(page)).toHaveText('7')
    const hint = page.getByText(/^mnist-classifier, version \d$/)
    await expect(hint).toHaveText('mnist-classifier, version 1')
    await moveAlias(page, 'trial', 2)
    await expect(hint).toHaveText('mnist-classifier, version 2')
    await expect(page.getByText('trial is now version 2')).toBeVisible()
    await expect(answer(page)).toHaveText('7')
  })

  await test.step('feedback survives a reload, and can be taken along and deleted', async () => {
    await page.reload()
    await expect(feedback.getByRole('listitem')).toHaveCount(2)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export JSON' }).click()
    const stream = await (await saved).createReadStream()
    let text = ''
    for await (const part of stream) text += String(part)
    const { format, items } = JSON.parse(text) as {
      format: string
      items: { answered: number; label: number; version: string; pixels: number[] }[]
    }
    expect(format).toBe('mnist-studio-feedback-1')
    expect(items.map(({ answered, label, version }) => [answered, label, version])).toEqual([
      [1, 7, 'mnist-classifier/1'],
      [7, 4, 'mnist-classifier/1'],
    ])
    expect(items[0]?.pixels).toHaveLength(784)
    await page.getByRole('button', { name: 'Delete feedback 1 → 7' }).click()
    await expect(feedback.getByRole('listitem')).toHaveText([/7 → 4/])
  })
})

/** Moves an alias in another tab, as somebody would who promotes a version while this one draws. */
async function moveAlias(page: Page, alias: string, version: number): Promise<void> {
  const other = await page.context().newPage()
  await other.goto(`${WITHOUT_DATA}/models?version=${version}`)
  await other.getByRole('textbox', { name: 'Alias', exact: true }).fill(alias)
  await other.getByRole('textbox', { name: 'Reason', exact: true }).first().fill('to see who follows')
  await other.getByRole('button', { name: `Move to version ${version}` }).click()
  await expect(other.getByText(`${alias} now names version ${version}`)).toBeVisible()
  await other.close()
}
