/** The ASCII form of a host by the URL parser of the platform, or `null` for a host that it refuses. */
export function ascii(host: string): string | null {
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return null;
  }
}
