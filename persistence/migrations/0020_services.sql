-- Whether only the owner and admins may write in a room: told with the list of conversations, so
-- that nobody writes what would be refused. Rooms muted before are found by their last word.
ALTER TABLE room_rooms ADD COLUMN silenced INTEGER NOT NULL DEFAULT 0 CHECK (silenced IN (0, 1));

UPDATE room_rooms SET silenced = 1 WHERE room_id IN (
    SELECT e.stream_id FROM events e
    WHERE e.type = 'room.muted' AND e.body = '{"on":true}' AND NOT EXISTS (
        SELECT 1 FROM events later
        WHERE later.stream_id = e.stream_id AND later.seq > e.seq AND later.type = 'room.muted'
    )
);
