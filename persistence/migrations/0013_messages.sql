-- Messages for some of a room only, and what else is said about a message.

-- Who may see the event, 16 bytes an account; NULL: everybody who may watch the stream. No
-- CHECK: it would have every stored event read once more.
ALTER TABLE events ADD COLUMN audience BLOB;

-- A whisper is in nobody's public tally: each of its people has a row instead. `own` marks
-- the sender's, which is never unread.
CREATE TABLE room_whispers (
    account_id BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    own        INTEGER NOT NULL CHECK (own IN (0, 1)),
    PRIMARY KEY (account_id, room_id, seq)
);

-- The last edit of a message that was edited: where its present text stands.
CREATE TABLE room_edits (
    room_id  BLOB    NOT NULL,
    seq      INTEGER NOT NULL,
    edit_seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
);

CREATE TABLE room_reactions (
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    account_id BLOB    NOT NULL,
    emoji      TEXT    NOT NULL,
    PRIMARY KEY (room_id, seq, account_id, emoji)
);

-- pin_seq is the event that pinned it: the order in which pins are shown.
CREATE TABLE room_pins (
    room_id BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    pin_seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
);

-- Messages that a person deleted for themself.
CREATE TABLE account_hidden (
    account_id BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (account_id, room_id, seq)
);
