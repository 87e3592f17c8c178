// Who looks, laid over what is shown: a photograph of the screen says where it came from. A
// picture, not text: nobody should have to read it, or find it in a copy.

function tile(text: string): string {
  const safe = text.replace(/[<>&"]/gu, '');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="190" height="72"><text x="8" y="64" font-size="13" font-family="sans-serif" fill="#1b2430" fill-opacity=".16" transform="rotate(-14 8 64)">${safe}</text></svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}

export function Watermark({ text }: { text: string }) {
  return <span className="watermark" aria-hidden="true" style={{ backgroundImage: tile(text) }} />;
}
