-- Read models of the week's plans: written in the transaction of the events they come from, and
-- made again from them by `hub rebuild`. The tasks of a week have no rows here: they are read
-- where they are, and a submission keeps them as they stood.

CREATE TABLE plan_plans (
    plan_id    BLOB    NOT NULL PRIMARY KEY,
    account_id BLOB    NOT NULL,
    -- Its Monday, counted from 1970-01-01.
    week       INTEGER NOT NULL,
    -- Where it was submitted to; NULL: never.
    unit_id    BLOB
);
CREATE UNIQUE INDEX plan_plans_by_account ON plan_plans (account_id, week);
CREATE INDEX plan_plans_by_unit ON plan_plans (unit_id, week);

CREATE TABLE plan_parts (
    plan_id     BLOB NOT NULL REFERENCES plan_plans (plan_id),
    part        TEXT NOT NULL CHECK (part IN ('plan', 'summary')),
    state       TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'returned')),
    -- For its owner only.
    draft       TEXT NOT NULL,
    -- The last submission; NULL: none yet. tasks and to_accounts are JSON.
    text        TEXT,
    tasks       TEXT    NOT NULL DEFAULT '[]',
    omitted     INTEGER NOT NULL DEFAULT 0,
    to_accounts TEXT    NOT NULL DEFAULT '[]',
    seq         INTEGER,
    sent_at     INTEGER,
    -- Its last review.
    reviewed_by BLOB,
    reviewed_at INTEGER,
    remark      TEXT,
    PRIMARY KEY (plan_id, part)
);

CREATE TABLE plan_shares (
    plan_id    BLOB NOT NULL REFERENCES plan_plans (plan_id),
    account_id BLOB NOT NULL,
    PRIMARY KEY (plan_id, account_id)
);
CREATE INDEX plan_shares_by_account ON plan_shares (account_id);

-- What was done to a plan and said about it.
CREATE TABLE plan_lines (
    plan_id    BLOB    NOT NULL REFERENCES plan_plans (plan_id),
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    by_account BLOB    NOT NULL,
    deed       TEXT    NOT NULL
               CHECK (deed IN ('submitted', 'withdrawn', 'approved', 'returned', 'commented')),
    part       TEXT,
    text       TEXT    NOT NULL,
    PRIMARY KEY (plan_id, seq)
);

-- A plan is submitted to the heads of a unit: found without looking at everybody's roles.
CREATE INDEX account_grants_by_unit ON account_grants (unit_id, role);
