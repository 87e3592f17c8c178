-- The journal: streams and what is committed with them.
-- Ids are 16-byte blobs, times are milliseconds since 1970 UTC, hashes are SHA-256.
-- Text is portable to PostgreSQL but for BLOB (bytea) and the identity columns.

CREATE TABLE streams (
    stream_id        BLOB    NOT NULL PRIMARY KEY CHECK (length(stream_id) = 16),
    kind             TEXT    NOT NULL,
    head_seq         INTEGER NOT NULL CHECK (head_seq >= 1),
    tally            INTEGER NOT NULL CHECK (tally >= 0),
    hash             BLOB    NOT NULL CHECK (length(hash) = 32),
    last_at          INTEGER NOT NULL,
    -- The last event that counts as unread for others: what a conversation list previews.
    last_counted_seq INTEGER NOT NULL DEFAULT 0
);

-- position is the order of commit over all streams. by_account and session_id carry no
-- foreign key: they name read models, which `hub rebuild` empties.
CREATE TABLE events (
    position         INTEGER NOT NULL PRIMARY KEY,
    stream_id        BLOB    NOT NULL REFERENCES streams (stream_id),
    seq              INTEGER NOT NULL CHECK (seq >= 1),
    at               INTEGER NOT NULL,
    by_account       BLOB,
    session_id       BLOB,
    trace_id         BLOB,
    -- On the first event of a command only.
    command_id       BLOB,
    fingerprint      INTEGER,
    result           TEXT,
    command_last_seq INTEGER,
    type             TEXT    NOT NULL,
    -- NULL once redacted; body_hash is then what is left of it.
    body             TEXT,
    body_hash        BLOB,
    tally            INTEGER NOT NULL,
    hash             BLOB    NOT NULL,
    CHECK ((body IS NULL) = (body_hash IS NOT NULL))
);
-- These two are the last word on versions and on repeated commands, whoever writes.
CREATE UNIQUE INDEX events_by_seq ON events (stream_id, seq);
CREATE UNIQUE INDEX events_by_command ON events (command_id) WHERE command_id IS NOT NULL;

CREATE TABLE snapshots (
    stream_id BLOB    NOT NULL PRIMARY KEY REFERENCES streams (stream_id),
    version   INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    tally     INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    state     TEXT    NOT NULL
);

CREATE TABLE cursors (
    account_id BLOB    NOT NULL,
    stream_id  BLOB    NOT NULL REFERENCES streams (stream_id),
    seq        INTEGER NOT NULL,
    tally      INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (account_id, stream_id)
);

-- The receiver may not exist yet: no foreign key.
CREATE TABLE outbox (
    position   INTEGER NOT NULL PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE,
    to_kind    TEXT    NOT NULL,
    to_id      BLOB    NOT NULL,
    order_json TEXT    NOT NULL,
    at         INTEGER NOT NULL
);

CREATE TABLE timers (
    stream_id BLOB    NOT NULL,
    kind      TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    id        BLOB    NOT NULL UNIQUE,
    PRIMARY KEY (stream_id, name)
);
CREATE INDEX timers_by_at ON timers (at);

-- One row, rewritten to find out whether a write reaches the disk.
CREATE TABLE store_probe (
    probe_id INTEGER NOT NULL PRIMARY KEY CHECK (probe_id = 1),
    times    INTEGER NOT NULL
);
INSERT INTO store_probe (probe_id, times) VALUES (1, 0);
