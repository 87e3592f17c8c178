-- Groups and what belongs to them: notices, invites, requests, services, urgent mails, and how
-- each person sees their conversations.

-- The kinds of room are words of the protocol, which is where they are checked; a list here
-- would have the table rebuilt for each new one. `members` is counted once, as people come and
-- go: the list of conversations would otherwise count every member of every room it shows.
CREATE TABLE room_rooms_new (
    room_id    BLOB    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind <> ''),
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    members    INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0),
    dissolved  INTEGER NOT NULL DEFAULT 0 CHECK (dissolved IN (0, 1))
);
INSERT INTO room_rooms_new (room_id, kind, name, created_at, members)
SELECT r.room_id, r.kind, r.name, r.created_at,
       (SELECT COUNT(*) FROM room_members m WHERE m.room_id = r.room_id)
FROM room_rooms r;

-- A room of a hundred thousand is read in one run along its key: the row is the key's entry.
-- (PostgreSQL leaves the last two words out.)
CREATE TABLE room_members_new (
    room_id       BLOB    NOT NULL REFERENCES room_rooms_new (room_id),
    account_id    BLOB    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
    joined_seq    INTEGER NOT NULL,
    joined_tally  INTEGER NOT NULL,
    -- The notice this member confirmed last.
    confirmed_seq INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, account_id)
) WITHOUT ROWID;
INSERT INTO room_members_new (room_id, account_id, role, joined_seq, joined_tally)
SELECT room_id, account_id, role, joined_seq, joined_tally FROM room_members;

DROP TABLE room_members;
DROP TABLE room_rooms;
ALTER TABLE room_rooms_new RENAME TO room_rooms;
ALTER TABLE room_members_new RENAME TO room_members;
CREATE INDEX room_members_by_account ON room_members (account_id, room_id);
CREATE INDEX room_rooms_desks ON room_rooms (name) WHERE kind = 'desk';

-- Who has read as far as a message, along the members of its room: both in one order.
CREATE INDEX cursors_by_stream ON cursors (stream_id, account_id, seq, at);
-- Where each of those works, without reading the wide rows of people.
CREATE INDEX account_accounts_unit_of ON account_accounts (account_id, unit_id);

CREATE TABLE room_notices (
    room_id    BLOB    NOT NULL PRIMARY KEY,
    seq        INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    confirm    INTEGER NOT NULL CHECK (confirm IN (0, 1)),
    by_account BLOB,
    at         INTEGER NOT NULL
);

CREATE TABLE room_invites (
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    token_hash TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    approval   INTEGER NOT NULL CHECK (approval IN (0, 1)),
    uses_max   INTEGER,
    uses       INTEGER NOT NULL DEFAULT 0,
    revoked    INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)),
    by_account BLOB,
    PRIMARY KEY (room_id, seq)
);

CREATE TABLE room_requests (
    room_id    BLOB    NOT NULL,
    account_id BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (room_id, account_id)
);

-- Which face-to-face rounds a person came to, for as long as one lasts: digits must not be
-- tried out.
CREATE TABLE room_meetings (
    account_id BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    room_id    BLOB    NOT NULL,
    PRIMARY KEY (account_id, at, room_id)
);

CREATE TABLE room_threads (
    thread_id  BLOB    NOT NULL PRIMARY KEY,
    service_id BLOB    NOT NULL,
    asker_id   BLOB    NOT NULL,
    agent_id   BLOB,
    open       INTEGER NOT NULL CHECK (open IN (0, 1)),
    -- Since when it waits, or is with its agent, or is closed.
    since      INTEGER NOT NULL
);
CREATE INDEX room_threads_by_service ON room_threads (service_id, open, since, thread_id);

CREATE TABLE room_answers (
    room_id BLOB NOT NULL PRIMARY KEY,
    -- A JSON list, as it was set.
    answers TEXT NOT NULL
);

-- hidden_at: the conversation stays out of the list until something happens in it later.
CREATE TABLE room_settings (
    account_id BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    pinned     INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    muted      INTEGER NOT NULL DEFAULT 0 CHECK (muted IN (0, 1)),
    hidden_at  INTEGER,
    draft      TEXT,
    draft_at   INTEGER,
    PRIMARY KEY (account_id, room_id)
);

CREATE TABLE account_mails (
    account_id BLOB NOT NULL PRIMARY KEY,
    address    TEXT NOT NULL
);
