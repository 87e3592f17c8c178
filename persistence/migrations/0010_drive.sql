-- Files and drives. Two sorts of tables: the files themselves, whose keys are in no event and
-- which `hub rebuild` therefore leaves alone, and the read models of the area `drive`.

-- One row: which master key the files were sealed with. A hub that finds another refuses to
-- start rather than to lose them one by one.
CREATE TABLE drive_keys (
    key_number  INTEGER NOT NULL PRIMARY KEY CHECK (key_number = 1),
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32)
);

-- sha256 is of the plain content: the same content is stored once. key is wrapped by the master
-- key. discard_at is set while no event names the blob.
CREATE TABLE drive_blobs (
    blob_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(blob_id) = 16),
    sha256     BLOB    NOT NULL UNIQUE CHECK (length(sha256) = 32),
    bytes      INTEGER NOT NULL CHECK (bytes >= 0),
    kind       TEXT    NOT NULL,
    width      INTEGER,
    height     INTEGER,
    suite      TEXT    NOT NULL,
    key        BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    discard_at INTEGER
);
CREATE INDEX drive_blobs_by_discard ON drive_blobs (discard_at) WHERE discard_at IS NOT NULL;

-- Finished, a row says who brought the blob, for the account's quota, and goes with the blob.
CREATE TABLE drive_uploads (
    upload_id  BLOB    NOT NULL PRIMARY KEY CHECK (length(upload_id) = 16),
    account_id BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    bytes      INTEGER NOT NULL CHECK (bytes >= 0),
    suite      TEXT    NOT NULL,
    key        BLOB    NOT NULL,
    began_at   INTEGER NOT NULL,
    blob_id    BLOB    REFERENCES drive_blobs (blob_id),
    held_until INTEGER
);
CREATE INDEX drive_uploads_by_account ON drive_uploads (account_id);
CREATE INDEX drive_uploads_by_blob ON drive_uploads (blob_id, account_id) WHERE blob_id IS NOT NULL;
CREATE INDEX drive_uploads_open ON drive_uploads (began_at) WHERE blob_id IS NULL;

-- Which event names which blob; removed with the event's body. A read model, made for events of
-- every area. No foreign key: a rebuilt or imported history may name what is not here.
CREATE TABLE drive_uses (
    stream_id BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    blob_id   BLOB    NOT NULL,
    kind      TEXT    NOT NULL,
    PRIMARY KEY (stream_id, seq, blob_id)
);
CREATE INDEX drive_uses_by_blob ON drive_uses (blob_id, stream_id, seq);

CREATE TABLE drive_spaces (
    space_id   BLOB    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('personal', 'shared')),
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE drive_members (
    space_id   BLOB NOT NULL REFERENCES drive_spaces (space_id),
    account_id BLOB NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('reader', 'writer', 'owner')),
    PRIMARY KEY (space_id, account_id)
);
CREATE INDEX drive_members_by_account ON drive_members (account_id, space_id);

-- node is the number of the event that made it; parent 0 is the top. binned_at is on what was
-- removed itself, not on what lies in it. version is the number of the version shown.
CREATE TABLE drive_nodes (
    space_id   BLOB    NOT NULL REFERENCES drive_spaces (space_id),
    node       INTEGER NOT NULL,
    parent     INTEGER NOT NULL,
    folder     INTEGER NOT NULL CHECK (folder IN (0, 1)),
    name       TEXT    NOT NULL,
    sort_name  TEXT    NOT NULL,
    version    INTEGER,
    changed_at INTEGER NOT NULL,
    binned_at  INTEGER,
    PRIMARY KEY (space_id, node)
);
CREATE INDEX drive_nodes_by_parent ON drive_nodes (space_id, parent, folder DESC, sort_name, node);
CREATE INDEX drive_nodes_in_bin ON drive_nodes (space_id, binned_at) WHERE binned_at IS NOT NULL;

CREATE TABLE drive_versions (
    space_id   BLOB    NOT NULL,
    node       INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    blob_id    BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    type       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    account_id BLOB,
    PRIMARY KEY (space_id, node, version)
);

CREATE TABLE drive_links (
    space_id   BLOB    NOT NULL,
    link       INTEGER NOT NULL,
    node       INTEGER NOT NULL,
    protected  INTEGER NOT NULL CHECK (protected IN (0, 1)),
    expires_at INTEGER,
    account_id BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (space_id, link)
);

-- Not a read model: hashes of passwords are in no event.
CREATE TABLE drive_link_passwords (
    space_id      BLOB    NOT NULL,
    link          INTEGER NOT NULL,
    password_hash TEXT    NOT NULL,
    PRIMARY KEY (space_id, link)
);
