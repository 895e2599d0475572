/** "nvidia · hopper", as far as the browser tells. */
export function adapterName({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  const known = [vendor, architecture, device === '' ? description : device].filter((part) => part !== '')
  return known.length === 0 ? 'unnamed adapter' : known.join(' · ')
}
