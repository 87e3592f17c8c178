// What a card of a link says: the page's title and summary, and where it leads. No picture of
// the page: fetching one would tell a stranger's machine who reads here.

import LinkOutlined from '@ant-design/icons/es/icons/LinkOutlined';

export function LinkLines({ url, title, summary }: { url: string; title: string; summary: string }) {
  return (
    <>
      <strong dir="auto"><LinkOutlined aria-hidden="true" /> {title}</strong>
      {summary !== '' && <span className="small link-summary" dir="auto">{summary}</span>}
      <span className="soft small link-host" dir="ltr">{hostOf(url)}</span>
    </>
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
