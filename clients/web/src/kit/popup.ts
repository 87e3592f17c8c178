// Where menus and small windows hang: within the page's main part, so that who goes through
// the page by landmarks meets them.

export function inMain(): HTMLElement { return document.getElementById('main') ?? document.body; }
