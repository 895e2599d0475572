/** The version in package.json, put in by the build. */
declare const __APP_VERSION__: string

/** A YAML file's content, parsed by the build. */
declare module '*.yaml' {
  const content: unknown
  export default content
}
