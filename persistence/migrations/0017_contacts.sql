-- Who may talk to whom, and who sees which unit.

-- Terms of two people. The smaller id is the one; what one of them asked stands here until it
-- is answered, and with the answer its words go.
CREATE TABLE contact_pairs (
    contact_id      BLOB    NOT NULL PRIMARY KEY,
    one_id          BLOB    NOT NULL,
    other_id        BLOB    NOT NULL,
    asker_id        BLOB,
    asked_text      TEXT,
    granted_until   INTEGER,
    one_blocks      INTEGER NOT NULL DEFAULT 0 CHECK (one_blocks IN (0, 1)),
    other_blocks    INTEGER NOT NULL DEFAULT 0 CHECK (other_blocks IN (0, 1)),
    changed_at      INTEGER NOT NULL,
    CHECK (one_id < other_id)
);
CREATE INDEX contact_pairs_by_one ON contact_pairs (one_id);
CREATE INDEX contact_pairs_by_other ON contact_pairs (other_id);

-- A rule as JSON: read whole into memory, searched by nobody.
CREATE TABLE contact_rules (
    rule_id BLOB NOT NULL PRIMARY KEY,
    rule    TEXT NOT NULL
);

-- One row at most.
CREATE TABLE contact_settings (
    settings_id   INTEGER NOT NULL PRIMARY KEY CHECK (settings_id = 1),
    grant_seconds INTEGER NOT NULL
);

-- Who sees the unit, as JSON; absent: everybody.
ALTER TABLE account_units ADD COLUMN visible TEXT;
