// Where somebody goes on to after signing in: an application that asked who it is, and nothing
// else, so that no address in a message can lead a person elsewhere.

export function next(search: string): string | null {
  const asked = new URLSearchParams(search).get('next');
  return asked !== null && asked.startsWith('/oauth/authorize?') ? asked : null;
}
