// Reading: what is in view of somebody who looks counts as read; what came while nobody
// looked is marked by a line, and a button leads to where it begins.

import { useEffect, useMemo, useRef, useState } from 'react';
import type { View } from '../../kit/numberScroll';
import type { Conversation } from '../../wire/generated';
import type { RoomModel } from './model';
import { type History, eventAt } from './history';
import { firstUnread, unreadOf } from './rows';

function attending(): boolean { return document.visibilityState === 'visible' && document.hasFocus(); }

export type Reading = {
  /** The first unread number. Stays until the conversation is left, so that the place can be
   *  found again. */
  from: number | null;
  /** The same, and how many, while it lies above the view and was not looked at. */
  above: { seq: number; count: number } | null;
  /** Somebody else's message has come since the conversation was opened. */
  fresh: boolean;
};

export function useUnread(model: RoomModel, conversation: Conversation, history: History, view: View): Reading {
  const { stream, read, unread, last } = conversation;
  const [mark, setMark] = useState(() => unreadOf(conversation));
  const [looked, setLooked] = useState(false);
  const [openedAt] = useState(conversation.head);
  const before = useRef(unread);

  useEffect(() => {
    if (before.current === 0 && unread > 0 && !(view.atEnd && attending())) {
      setMark(unreadOf(conversation));
      setLooked(false);
    }
    before.current = unread;
  }, [conversation, unread, view.atEnd]);

  // One's own message says that everything above it has been dealt with.
  const mine = last !== undefined && last.by === model.me ? last.seq : 0;
  useEffect(() => {
    setMark((now) => (now !== null && mine > openedAt && mine > now.head ? null : now));
  }, [mine, openedAt]);

  const from = useMemo(() => (mark === null ? null : firstUnread(mark, history)), [mark, history]);
  const inView = from !== null && view.first <= from && from <= view.last;
  useEffect(() => { if (inView) setLooked(true); }, [inView]);

  const shownUpTo = eventAt(history, view.last) === undefined ? 0 : Math.min(view.last, history.head);
  useEffect(() => {
    const look = () => { if (attending() && shownUpTo > read) model.attention.markRead(stream, shownUpTo); };
    look();
    document.addEventListener('visibilitychange', look);
    window.addEventListener('focus', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('focus', look);
    };
  }, [model, stream, shownUpTo, read]);

  return {
    from,
    above: mark !== null && from !== null && !looked && from < view.first ? { seq: from, count: mark.count } : null,
    fresh: last !== undefined && last.seq > openedAt && last.by !== model.me,
  };
}
