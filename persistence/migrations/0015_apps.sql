-- The app square, sign-in to applications, webhooks out of the hub and into rooms.

ALTER TABLE app_apps ADD COLUMN summary TEXT NOT NULL DEFAULT '';
-- JSON of the icon; NULL: the first letter of the name stands for it.
ALTER TABLE app_apps ADD COLUMN icon TEXT;
ALTER TABLE app_apps ADD COLUMN url TEXT NOT NULL DEFAULT '';
-- `order` of the protocol: the smaller, the further to the front.
ALTER TABLE app_apps ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
-- JSON: who may open it.
ALTER TABLE app_apps ADD COLUMN target TEXT NOT NULL DEFAULT '{"to":"all"}';
ALTER TABLE app_apps ADD COLUMN shown INTEGER NOT NULL DEFAULT 0 CHECK (shown IN (0, 1));
-- JSON: a list of addresses.
ALTER TABLE app_apps ADD COLUMN redirects TEXT NOT NULL DEFAULT '[]';

-- secret_sealed is in no event: `hub rebuild` carries it over. since is the position of the
-- event that set it: what was committed before is not posted.
CREATE TABLE app_webhooks (
    app_id        BLOB    NOT NULL PRIMARY KEY REFERENCES app_apps (app_id),
    url           TEXT    NOT NULL,
    -- JSON: a list of topics.
    topics        TEXT    NOT NULL,
    secret_sealed BLOB,
    since         INTEGER NOT NULL
);

-- What follows is no read model: it says how far the hub has come with posting, and
-- `hub rebuild` leaves it alone.

-- One row: events up to this position have been looked at.
CREATE TABLE app_followed (
    followed_id INTEGER NOT NULL PRIMARY KEY CHECK (followed_id = 1),
    position    INTEGER NOT NULL
);
INSERT INTO app_followed (followed_id, position) VALUES (1, 0);

-- Events that wait to be posted, told by their position: a text that is redacted meanwhile is
-- posted to nobody.
CREATE TABLE app_deliveries (
    app_id   BLOB    NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (app_id, position)
) WITHOUT ROWID;

-- How the first of them is doing; no row: nothing has failed.
CREATE TABLE app_tries (
    app_id   BLOB    NOT NULL PRIMARY KEY,
    tries    INTEGER NOT NULL,
    since    INTEGER NOT NULL,
    again_at INTEGER NOT NULL,
    error    TEXT    NOT NULL,
    lost     INTEGER NOT NULL
);

-- Incoming webhooks of a room; their tokens are in its state, by their hash.
CREATE TABLE room_hooks (
    room_id    BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    label      TEXT    NOT NULL,
    by_account BLOB,
    at         INTEGER NOT NULL,
    revoked    INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)),
    PRIMARY KEY (room_id, seq)
);
