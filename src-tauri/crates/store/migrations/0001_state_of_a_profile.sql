-- The state of one profile. Moments are RFC 3339 text, compound values JSON in the form of crate `model`.

CREATE TABLE cursors (
    component TEXT NOT NULL,
    side      TEXT NOT NULL,
    token     TEXT NOT NULL,
    PRIMARY KEY (component, side)
) STRICT;

CREATE TABLE observations (
    component TEXT NOT NULL,
    side      TEXT NOT NULL,
    entry     TEXT NOT NULL,            -- id of the item or record
    seen      TEXT NOT NULL,            -- JSON
    PRIMARY KEY (component, side, entry)
) STRICT;

CREATE TABLE links (
    id          TEXT PRIMARY KEY NOT NULL,
    component   TEXT NOT NULL,
    record      TEXT NOT NULL,
    item        TEXT,                   -- NULL: the record stays away
    change_key  TEXT,
    base_item   TEXT NOT NULL,          -- JSON
    base_record TEXT,                   -- JSON; NULL: the same as base_item, which is the rule
    stamped     TEXT,                   -- the revision that the item carries
    needs_stamp INTEGER NOT NULL        -- 1: the stamp is missing or behind the base
) STRICT;

CREATE INDEX links_by_record ON links (component, record);
CREATE INDEX links_by_item ON links (component, item) WHERE item IS NOT NULL;
CREATE INDEX links_staying_away ON links (component) WHERE item IS NULL;
CREATE INDEX links_unstamped ON links (component) WHERE needs_stamp = 1;

CREATE TABLE journal (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT NOT NULL UNIQUE,
    run       INTEGER NOT NULL,
    component TEXT NOT NULL,
    operation TEXT NOT NULL,            -- JSON
    begun     TEXT NOT NULL
) STRICT;

CREATE TABLE refusals (
    component TEXT NOT NULL,
    side      TEXT NOT NULL,
    entry     TEXT NOT NULL,            -- id of the item or record
    title     TEXT NOT NULL,
    problem   TEXT NOT NULL,            -- JSON
    since     TEXT NOT NULL,
    attempts  INTEGER NOT NULL,
    retry_at  TEXT NOT NULL,
    content   TEXT NOT NULL,            -- hash of what was refused
    PRIMARY KEY (component, side, entry)
) STRICT;

CREATE TABLE runs (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL
) STRICT;

CREATE TABLE run_components (
    component TEXT NOT NULL,
    run       INTEGER NOT NULL REFERENCES runs (id),
    finished  TEXT,                     -- NULL: it runs, or was cut off
    tally     TEXT NOT NULL,            -- JSON
    problem   TEXT,                     -- JSON
    PRIMARY KEY (component, run)
) STRICT;

CREATE TABLE history (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        TEXT NOT NULL,
    run       INTEGER NOT NULL,
    component TEXT NOT NULL,
    side      TEXT NOT NULL,
    act       TEXT NOT NULL,
    title     TEXT NOT NULL,
    item      TEXT,
    record    TEXT,
    changes   TEXT NOT NULL,            -- JSON
    reason    TEXT,                     -- JSON
    search    TEXT NOT NULL             -- title and values, folded as the program folds what is searched for
) STRICT;

CREATE INDEX history_of_item ON history (item) WHERE item IS NOT NULL;
CREATE INDEX history_of_record ON history (record) WHERE record IS NOT NULL;

CREATE TABLE facts (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;
