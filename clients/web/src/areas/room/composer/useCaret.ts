// Where the caret stands once the text was changed for the person. Set with the change itself: a
// frame later the next letters may have been typed already, and the caret would jump before them.

import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { TextAreaRef } from 'antd/es/input/TextArea';

export function useCaret(area: RefObject<TextAreaRef | null>): (at: number) => void {
  const wanted = useRef<number | null>(null);
  useLayoutEffect(() => {
    const at = wanted.current;
    if (at === null) return;
    wanted.current = null;
    area.current?.resizableTextArea?.textArea?.setSelectionRange(at, at);
  });
  return (at) => { wanted.current = at; };
}
