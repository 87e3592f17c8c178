-- Read models of calls: written in the transaction of the events they come from, and made again
-- from them by `hub rebuild`.

CREATE TABLE call_calls (
    room_id      BLOB    NOT NULL,
    -- The event that began it, in the stream of the room's calls.
    call_seq     INTEGER NOT NULL,
    mode         TEXT    NOT NULL CHECK (mode IN ('voice', 'video')),
    by_account   BLOB    NOT NULL,
    began_at     INTEGER NOT NULL,
    locked       INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
    waiting_room INTEGER NOT NULL DEFAULT 0 CHECK (waiting_room IN (0, 1)),
    -- NULL: it goes on.
    ended_at     INTEGER,
    why          TEXT,
    talked_ms    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, call_seq)
);
-- At most one goes on in a room.
CREATE UNIQUE INDEX call_calls_live ON call_calls (room_id) WHERE ended_at IS NULL;

CREATE TABLE call_people (
    room_id    BLOB    NOT NULL,
    call_seq   INTEGER NOT NULL,
    account_id BLOB    NOT NULL,
    stand      TEXT    NOT NULL CHECK (stand <> ''),
    since      INTEGER NOT NULL,
    leg        BLOB,
    host       INTEGER NOT NULL DEFAULT 0 CHECK (host IN (0, 1)),
    hand       INTEGER NOT NULL DEFAULT 0 CHECK (hand IN (0, 1)),
    -- Was inside at some time.
    came       INTEGER NOT NULL DEFAULT 0 CHECK (came IN (0, 1)),
    PRIMARY KEY (room_id, call_seq, account_id),
    FOREIGN KEY (room_id, call_seq) REFERENCES call_calls (room_id, call_seq)
);
