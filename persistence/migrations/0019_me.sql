-- What a person keeps on the account, what holds for the whole organisation, and telling
-- devices of news.

ALTER TABLE account_accounts ADD COLUMN avatar BLOB;

-- JSON, as it was set: read whole, searched by nobody.
CREATE TABLE account_preferences (
    account_id  BLOB NOT NULL PRIMARY KEY,
    preferences TEXT NOT NULL
);

-- What people filled into the organisation's own fields.
CREATE TABLE account_fields (
    account_id BLOB NOT NULL,
    field      TEXT NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY (account_id, field)
);

-- How much of a room a person has cleared away for themself: up to a number, or up to a time.
-- The room of sixteen zero bytes stands for all.
CREATE TABLE account_cleared (
    account_id BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (account_id, room_id)
);

-- Devices that are told of news. target (where a device is reached) is in no event: `hub
-- rebuild` carries it over, an export leaves it out.
CREATE TABLE account_push (
    account_id BLOB    NOT NULL,
    device_id  BLOB    NOT NULL,
    session_id BLOB    NOT NULL,
    provider   TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    target     TEXT,
    added_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, device_id)
);

-- One row at most: what operators have set, as JSON.
CREATE TABLE organisation_settings (
    organisation_id BLOB NOT NULL PRIMARY KEY,
    fields          TEXT NOT NULL DEFAULT '[]',
    watermark       TEXT
);

-- How far the events have been looked through for news; one row.
CREATE TABLE push_mark (
    mark_id  INTEGER NOT NULL PRIMARY KEY CHECK (mark_id = 1),
    position INTEGER NOT NULL
);

-- What waits to be told, each message once a device. Not a read model: a row goes when its
-- device was told or never will be.
CREATE TABLE push_queue (
    push_id    INTEGER NOT NULL PRIMARY KEY,
    account_id BLOB    NOT NULL,
    device_id  BLOB    NOT NULL,
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX push_queue_once ON push_queue (device_id, room_id, seq);
CREATE INDEX push_queue_by_due ON push_queue (due_at);
