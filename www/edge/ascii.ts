/** The ASCII form of a host as URL parsers have it, or null for a host that they refuse. */
export function asciiHost(name: string): string | null {
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    return null;
  }
}
