-- A service is followed, asked or not: its thread stands among the asker's conversations. Threads
-- of before were all asked in, and their askers are in them.
ALTER TABLE room_threads ADD COLUMN followed INTEGER NOT NULL DEFAULT 1 CHECK (followed IN (0, 1));
-- What was only followed is nothing to the agents.
ALTER TABLE room_threads ADD COLUMN asked INTEGER NOT NULL DEFAULT 1 CHECK (asked IN (0, 1));
CREATE INDEX room_threads_followed ON room_threads (service_id) WHERE followed = 1;

-- Under what sign askers meet the agents of a desk: JSON, as it was set.
CREATE TABLE room_agent_signs (
    room_id BLOB NOT NULL PRIMARY KEY,
    signs   TEXT NOT NULL
);

-- The reply to an enrolment held the second factor's secret in plain. It was told once, and nobody
-- asks for it again. The secrets themselves are sealed when the hub starts, for it has the key.
UPDATE events SET result = NULL WHERE type = 'account.totp_enrolled' AND result IS NOT NULL;
