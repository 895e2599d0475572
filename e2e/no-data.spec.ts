import { expect, figure, openScreen, readDigest, startTraining, test, WITHOUT_DATA } from './journey'
import { drawDigit } from './strokes'

// No data folder answers 404, and no other host can be reached: both are news for the page, not faults of it.
test.use({ allowedMessages: [/Failed to load resource/] })

test('without data and without a network beyond the studio, it makes its own digits and does the whole job', async ({
  page,
  context,
}) => {
  const foreign: string[] = []
  await context.route(
    (url) => url.hostname !== 'localhost',
    async (route) => {
      foreign.push(new URL(route.request().url()).hostname)
      await route.abort('internetdisconnected')
    },
  )

  await page.goto(WITHOUT_DATA)
  await expect(page.getByText(/60,000 to learn from, 10,000 to be measured on/)).toBeVisible({
    timeout: 120_000,
  })
  await openScreen(page, 'Data')
  await expect(page.getByRole('heading', { name: 'Built-in digits' }).first()).toBeVisible()
  const passedOver = page.getByRole('list', { name: 'Sources passed over' })
  await expect(passedOver).toContainText('this site')
  expect(new Set(foreign)).toEqual(
    new Set(['cdn.jsdelivr.net', 'storage.googleapis.com', 'ossci-datasets.s3.amazonaws.com']),
  )
  const digest = await readDigest(page, 'Dataset digest')

  await startTraining(page, { Epochs: '1' })
  await expect(page.getByText(/^Done in/)).toBeVisible({ timeout: 200_000 })
  await page.getByRole('link', { name: 'Open the run' }).click()
  await expect(figure(page, 'Test accuracy')).toHaveText(/^9\d\.\d+\s?%$/)

  await openScreen(page, 'Draw')
  await drawDigit(page, 7)
  await expect(page.getByText(/% sure/).first()).toBeVisible()

  // By its address, which is also the name of the folder that data would lie in.
  await page.goto(`${WITHOUT_DATA}/data`)
  expect(await readDigest(page, 'Dataset digest')).toBe(digest)
})
