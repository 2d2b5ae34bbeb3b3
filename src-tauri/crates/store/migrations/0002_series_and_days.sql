-- Recurring appointments, links that are let go when their days are over, items that must not be stamped.

ALTER TABLE links ADD COLUMN series TEXT;                         -- of the item: the series it is an occurrence of, else itself
ALTER TABLE links ADD COLUMN let_go INTEGER NOT NULL DEFAULT 0;   -- 1: its days are over, it is left alone
ALTER TABLE links ADD COLUMN stamping TEXT NOT NULL DEFAULT 'allowed'; -- whether the item may be stamped

UPDATE links SET series = item;

CREATE INDEX links_by_series ON links (component, series) WHERE series IS NOT NULL;

CREATE TABLE series (
    component  TEXT NOT NULL,
    item       TEXT NOT NULL,
    change_key TEXT NOT NULL,           -- its version when its occurrences were looked at
    until      TEXT NOT NULL,           -- the last day up to which they were
    PRIMARY KEY (component, item)
) STRICT;
