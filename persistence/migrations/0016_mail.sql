-- Micro-mails: which messages of a room are one, who has opened them, what is begun.

-- No text and no subject: those stand in `events` once. at is the event's. A mail that was
-- recalled has no row. whispered: to some of the room only, who have their rows in room_whispers.
-- (PostgreSQL leaves the last two words out.)
CREATE TABLE room_mails (
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    by_account BLOB,
    whispered  INTEGER NOT NULL CHECK (whispered IN (0, 1)),
    PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;
CREATE INDEX room_mails_sent ON room_mails (by_account, at);

-- Opened one by one. All up to a time are in account_mail_marks, by the room or, with a room of
-- sixteen zeros, everywhere: marking a thousand as read is one row.
CREATE TABLE account_mail_reads (
    account_id BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (account_id, room_id, seq)
);

CREATE TABLE account_mail_marks (
    account_id BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    until      INTEGER NOT NULL,
    PRIMARY KEY (account_id, room_id)
);

-- seq: the event of the account's own stream that holds it.
CREATE TABLE account_mail_drafts (
    account_id BLOB    NOT NULL,
    draft_id   BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (account_id, draft_id)
);

-- Mails that were sent before there was a table of them.
INSERT INTO room_mails (room_id, seq, at, by_account, whispered)
SELECT stream_id, seq, at, by_account, audience IS NOT NULL FROM events
WHERE type = 'room.message_sent' AND body LIKE '%"part":{"kind":"mail"%'
AND body NOT LIKE '%"kind":"forwarded"%';

-- What later events say of a message: its edits, reactions, opening, acknowledgements. A page of
-- messages is shown with them however much was said in between.
CREATE TABLE room_notes (
    room_id BLOB    NOT NULL,
    about   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (room_id, about, seq)
) WITHOUT ROWID;
INSERT INTO room_notes (room_id, about, seq)
SELECT stream_id, json_extract(body, '$.seq'), seq FROM events
WHERE type IN ('room.message_edited', 'room.reacted', 'room.message_opened',
               'room.message_acknowledged') AND body IS NOT NULL;
