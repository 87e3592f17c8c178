-- Units move and close; people are found through an index that follows their changes.

ALTER TABLE account_units ADD COLUMN closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1));
-- Whatever stands below a unit has paths that begin with its own: one range of this index.
CREATE UNIQUE INDEX account_units_by_path ON account_units (path);
CREATE INDEX account_units_by_parent ON account_units (parent_id);

-- Where an account's unit stands is written once, in account_units: a copy here would have to
-- be rewritten for everybody whenever a unit moves.
ALTER TABLE account_accounts DROP COLUMN unit_path;

-- Rises with every change of what a person is found by, over all accounts, in the order of
-- commit: whoever keeps an index in memory reads what lies above the number it has.
ALTER TABLE account_accounts ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX account_accounts_by_change ON account_accounts (changed, account_id);
