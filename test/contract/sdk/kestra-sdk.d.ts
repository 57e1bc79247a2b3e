/** The SDK has no types; what it takes and gives is what is tested. */
declare module '@kestra-io/kestra-sdk/dist/ApiClient.js' {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const ApiClient: new (url: string) => any

  // biome-ignore lint/style/noDefaultExport: as the package has it
  export { ApiClient as default }
}
