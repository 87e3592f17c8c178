-- Read models of the areas `account` and `room`: written in the transaction of the events
-- they come from, and made again from them by `hub rebuild`. The exceptions say so.

CREATE TABLE account_units (
    unit_id   BLOB    NOT NULL PRIMARY KEY,
    parent_id BLOB    REFERENCES account_units (unit_id),
    kind      TEXT    NOT NULL
              CHECK (kind IN ('region', 'prefecture', 'county', 'hall', 'department', 'counter')),
    name_zh   TEXT    NOT NULL,
    name_ug   TEXT,
    name_en   TEXT,
    -- Ids from the root down to itself: /<uuid>/<uuid>/.
    path      TEXT    NOT NULL,
    rank      INTEGER NOT NULL,
    -- The nearest hall above, or else the nearest county: named under a person's own unit.
    place_id  BLOB    REFERENCES account_units (unit_id)
);

CREATE TABLE account_accounts (
    account_id           BLOB    NOT NULL PRIMARY KEY,
    username             TEXT    NOT NULL UNIQUE,
    name_zh              TEXT    NOT NULL,
    name_ug              TEXT,
    name_en              TEXT,
    unit_id              BLOB    NOT NULL,
    unit_path            TEXT    NOT NULL,
    post                 TEXT    NOT NULL,
    phone                TEXT,
    disabled             INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    must_change_password INTEGER NOT NULL DEFAULT 0 CHECK (must_change_password IN (0, 1)),
    totp_confirmed       INTEGER NOT NULL DEFAULT 0 CHECK (totp_confirmed IN (0, 1)),
    -- What people search by: the names in lower case, and every reading of the Chinese name
    -- in full and as initials, each preceded by a space.
    search_names         TEXT    NOT NULL,
    pinyin_full          TEXT    NOT NULL,
    pinyin_initials      TEXT    NOT NULL
);
CREATE INDEX account_accounts_by_unit ON account_accounts (unit_id);

CREATE TABLE account_grants (
    account_id BLOB NOT NULL REFERENCES account_accounts (account_id),
    role       TEXT NOT NULL,
    unit_id    BLOB NOT NULL,
    PRIMARY KEY (account_id, role, unit_id)
);

-- token_hash is in no event: `hub rebuild` carries it over.
CREATE TABLE account_sessions (
    session_id    BLOB    NOT NULL PRIMARY KEY,
    account_id    BLOB    NOT NULL REFERENCES account_accounts (account_id),
    token_hash    TEXT    UNIQUE,
    signed_in_at  INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    addr          TEXT    NOT NULL,
    agent         TEXT    NOT NULL,
    signed_out_at INTEGER
);
CREATE INDEX account_sessions_by_account ON account_sessions (account_id, signed_in_at);

-- Not a read model: secrets are in no event, so `hub rebuild` leaves this table alone.
CREATE TABLE account_credentials (
    account_id    BLOB NOT NULL PRIMARY KEY,
    password_hash TEXT NOT NULL,
    totp_secret   TEXT
);

CREATE TABLE room_rooms (
    room_id    BLOB    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('direct', 'group')),
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
);

-- What was said before joining is never unread: joined_tally is the floor of the cursor.
CREATE TABLE room_members (
    room_id      BLOB    NOT NULL REFERENCES room_rooms (room_id),
    account_id   BLOB    NOT NULL,
    role         TEXT    NOT NULL CHECK (role IN ('member', 'admin', 'owner')),
    joined_seq   INTEGER NOT NULL,
    joined_tally INTEGER NOT NULL,
    PRIMARY KEY (room_id, account_id)
);
CREATE INDEX room_members_by_account ON room_members (account_id, room_id);

-- Demonstration only: passwords that can be clicked through. Empty everywhere else.
CREATE TABLE demo_accounts (
    account_id BLOB NOT NULL PRIMARY KEY,
    password   TEXT NOT NULL
);
