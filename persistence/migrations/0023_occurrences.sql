-- Tasks: single occurrences that are not as their series says, files, reminders. Written in the
-- transaction of the events they come from, and made again from them by `hub rebuild`.

-- Told by the day on which the rule has it, wherever it was moved. NULL: as the series says.
CREATE TABLE task_exceptions (
    task_id   BLOB    NOT NULL REFERENCES task_tasks (task_id),
    day       INTEGER NOT NULL,
    skipped   INTEGER NOT NULL CHECK (skipped IN (0, 1)),
    title     TEXT,
    note      TEXT,
    starts_at INTEGER,
    ends_at   INTEGER,
    PRIMARY KEY (task_id, day)
);

-- Each told by the event that brought it, and read by that.
CREATE TABLE task_files (
    task_id    BLOB    NOT NULL REFERENCES task_tasks (task_id),
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    account_id BLOB,
    blob_id    BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    type       TEXT    NOT NULL,
    PRIMARY KEY (task_id, seq)
);

-- Nothing of it takes place before: the first day, or an occurrence that was moved before it.
ALTER TABLE task_tasks ADD COLUMN begins_at INTEGER NOT NULL DEFAULT 0;
UPDATE task_tasks SET begins_at = starts_at;
-- JSON: minutes before it begins.
ALTER TABLE task_tasks ADD COLUMN remind TEXT NOT NULL DEFAULT '[]';
-- The series that it was split from.
ALTER TABLE task_tasks ADD COLUMN follows BLOB;

-- JSON of what the hub itself reminds of: readers' programs put it into words. NULL: a person
-- wrote it.
ALTER TABLE notice_notices ADD COLUMN reminder TEXT;

-- How far a week is, beside its owner and unit: the overview of an organisation reads one range
-- of one index and no text. NULL: the plan itself was never submitted.
ALTER TABLE plan_plans ADD COLUMN state TEXT NOT NULL DEFAULT 'draft';
ALTER TABLE plan_plans ADD COLUMN summary TEXT NOT NULL DEFAULT 'draft';
ALTER TABLE plan_plans ADD COLUMN sent_at INTEGER;
UPDATE plan_plans SET
    state = COALESCE((SELECT m.state FROM plan_parts m
        WHERE m.plan_id = plan_plans.plan_id AND m.part = 'plan'), 'draft'),
    summary = COALESCE((SELECT s.state FROM plan_parts s
        WHERE s.plan_id = plan_plans.plan_id AND s.part = 'summary'), 'draft'),
    sent_at = (SELECT m.sent_at FROM plan_parts m
        WHERE m.plan_id = plan_plans.plan_id AND m.part = 'plan');
CREATE INDEX plan_plans_by_week
    ON plan_plans (week, account_id, unit_id, state, summary, sent_at, plan_id);
DROP INDEX plan_plans_by_unit;
CREATE INDEX plan_plans_by_unit ON plan_plans (week, unit_id, account_id);
-- People of a unit, and one person, without reading the rest of the row.
CREATE INDEX account_people_by_unit ON account_accounts (unit_id, disabled, account_id, username);
CREATE INDEX account_people ON account_accounts (account_id, disabled, unit_id, username);
CREATE INDEX app_apps_by_account ON app_apps (account_id);
