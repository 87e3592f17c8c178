-- Telling devices of more than messages: notices, tasks, repeats of urgent messages.

-- What waits is news of any stream. What was queued before this build stays queued: a room's
-- number is its stream's. The unique index follows the column's new name.
ALTER TABLE push_queue RENAME COLUMN room_id TO stream_id;

-- Whose turn comes first: 0 urgent, 1 ordinary, 2 news for many. What was queued before was
-- ordinary, or urgent and two seconds late.
ALTER TABLE push_queue ADD COLUMN lane INTEGER NOT NULL DEFAULT 1 CHECK (lane IN (0, 1, 2));

DROP INDEX push_queue_by_due;
CREATE INDEX push_queue_by_lane ON push_queue (lane, due_at, push_id);
-- How much waits that was never tried: counting it looks at nothing else.
CREATE INDEX push_queue_fresh ON push_queue (lane) WHERE tries = 0;

-- News for so many that it becomes rows of the queue a page at a time, as those before are
-- told: up to which device it has. A row goes with its last page.
CREATE TABLE push_waves (
    wave_id       INTEGER NOT NULL PRIMARY KEY,
    stream_id     BLOB    NOT NULL,
    seq           INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    after_account BLOB    NOT NULL,
    after_device  BLOB    NOT NULL,
    UNIQUE (stream_id, seq)
);
