-- The full-text index lies in files of its own beside the database and follows the events by
-- position. What it cannot see there is a body that is removed later: each leaves a row here
-- in the transaction that removes it, until the index has forgotten it, too.
CREATE TABLE search_erasures (
    erasure_id INTEGER NOT NULL PRIMARY KEY,
    position   INTEGER NOT NULL
);
