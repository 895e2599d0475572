import { expect, it } from 'vitest'
import { planLoad } from './load-plan'

it('plans what can be asked, and says what cannot', () => {
  expect(planLoad('200', '8')).toEqual({
    kind: 'ready',
    plan: { warmUp: 10, requests: 200, concurrency: 8 },
  })
  for (const requests of ['', '0', '1.5', '100001', 'many'])
    expect(planLoad(requests, '8')).toMatchObject({ reason: expect.stringContaining('requests') as string })
  expect(planLoad('1', '65')).toMatchObject({ reason: expect.stringContaining('at once') as string })
})
