-- Read models of tasks, calendars, notices and applications: written in the transaction of the
-- events they come from, and made again from them by `hub rebuild`. The exceptions say so.

CREATE TABLE task_tasks (
    task_id   BLOB    NOT NULL PRIMARY KEY,
    title     TEXT    NOT NULL,
    note      TEXT    NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    zone      TEXT    NOT NULL,
    private   INTEGER NOT NULL CHECK (private IN (0, 1)),
    -- JSON of the rule; NULL: it does not come again.
    repeat    TEXT,
    done      INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    room_id   BLOB,
    changed_at INTEGER NOT NULL
);

-- Who has a part in which task. over_at is the task's end, the last occurrence's where it
-- repeats (a day that never comes where it repeats for ever): what is over is skipped by the
-- index, however long a person has been here.
CREATE TABLE task_people (
    task_id    BLOB    NOT NULL REFERENCES task_tasks (task_id),
    account_id BLOB    NOT NULL,
    part       TEXT    NOT NULL CHECK (part IN ('watcher', 'assignee', 'owner')),
    over_at    INTEGER NOT NULL,
    PRIMARY KEY (task_id, account_id)
);
CREATE INDEX task_people_by_account ON task_people (account_id, over_at);

-- Occurrences of repeating tasks that are done; the day counts from 1970-01-01.
CREATE TABLE task_finished (
    task_id BLOB    NOT NULL REFERENCES task_tasks (task_id),
    day     INTEGER NOT NULL,
    PRIMARY KEY (task_id, day)
);

CREATE TABLE calendar_shares (
    owner_id   BLOB NOT NULL,
    account_id BLOB NOT NULL,
    PRIMARY KEY (owner_id, account_id)
);
CREATE INDEX calendar_shares_by_account ON calendar_shares (account_id);

-- For the eyes of account_id only.
CREATE TABLE calendar_notes (
    account_id BLOB NOT NULL,
    task_id    BLOB NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (account_id, task_id)
);

-- token_hash is in no event: `hub rebuild` carries it over.
CREATE TABLE calendar_feeds (
    account_id BLOB NOT NULL PRIMARY KEY,
    token_hash TEXT UNIQUE
);

CREATE TABLE notice_notices (
    notice_id    BLOB    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL CHECK (kind IN ('todo', 'announcement')),
    -- Empty once it is withdrawn.
    title        TEXT    NOT NULL DEFAULT '',
    text         TEXT    NOT NULL DEFAULT '',
    -- JSON: whom to address, read page by page until complete.
    target       TEXT    NOT NULL,
    link         TEXT,
    due_at       INTEGER,
    confirm      INTEGER NOT NULL CHECK (confirm IN (0, 1)),
    -- NULL: the hub itself.
    by_account   BLOB,
    sent_at      INTEGER NOT NULL,
    complete     INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
    withdrawn    INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
    -- Counted as they happen: statistics cost one row, however many were addressed.
    addressed    INTEGER NOT NULL DEFAULT 0,
    read         INTEGER NOT NULL DEFAULT 0,
    confirmed    INTEGER NOT NULL DEFAULT 0,
    done         INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX notice_notices_by_sender ON notice_notices (by_account, sent_at);

-- One row for each recipient: the proof of delivery, of reading and of doing. kind and sent_at
-- are copies, so that a person's list is one range of one index.
CREATE TABLE notice_recipients (
    notice_id    BLOB    NOT NULL REFERENCES notice_notices (notice_id),
    account_id   BLOB    NOT NULL,
    kind         TEXT    NOT NULL,
    sent_at      INTEGER NOT NULL,
    read_at      INTEGER,
    confirmed_at INTEGER,
    done_at      INTEGER,
    PRIMARY KEY (notice_id, account_id)
);
CREATE INDEX notice_recipients_by_account ON notice_recipients (account_id, sent_at, notice_id);
-- The badge: holds what is unread and nothing else, so counting it scans no history.
CREATE INDEX notice_recipients_unread ON notice_recipients (account_id, kind)
    WHERE read_at IS NULL;

CREATE TABLE app_apps (
    app_id     BLOB NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    account_id BLOB NOT NULL
);

-- token_hash is in no event: `hub rebuild` carries it over.
CREATE TABLE app_tokens (
    token_id   BLOB    NOT NULL PRIMARY KEY,
    app_id     BLOB    NOT NULL REFERENCES app_apps (app_id),
    label      TEXT    NOT NULL,
    scopes     TEXT    NOT NULL,
    token_hash TEXT    UNIQUE,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    used_at    INTEGER
);
CREATE INDEX app_tokens_by_app ON app_tokens (app_id, issued_at);
