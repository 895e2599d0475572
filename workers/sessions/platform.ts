/** The part of the browser's own description that is not in every TypeScript library. */
interface BrandedNavigator {
  readonly userAgentData?: {
    readonly brands: readonly { readonly brand: string; readonly version: string }[]
    readonly platform: string
  }
}

/** Browser and platform for people, for example "Google Chrome 156 on Linux"; the user agent's own words where it gives no brands. */
export function platformInWords(navigator: Pick<WorkerNavigator, 'userAgent'> & BrandedNavigator): string {
  const { userAgentData, userAgent } = navigator
  if (!userAgentData) return userAgent
  // Browsers mix in a brand that is none, so that nobody relies on the list's order.
  const real = userAgentData.brands.filter(({ brand }) => !/not.?a.?brand/i.test(brand))
  const named = real.find(({ brand }) => brand !== 'Chromium') ?? real[0]
  return named ? `${named.brand} ${named.version} on ${userAgentData.platform}` : userAgent
}
