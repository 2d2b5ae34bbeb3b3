-- E-mails: imports that are not over, where mails were seen, what moved (R5).

-- A mail whose import is not over; content is the whole of it as JSON.
CREATE TABLE mail_imports (
    number  INTEGER PRIMARY KEY,
    item    TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL
);

-- Where a folder of mails was read up to.
CREATE TABLE mail_folders (
    folder   TEXT PRIMARY KEY,
    token    TEXT NOT NULL,
    complete INTEGER NOT NULL
) WITHOUT ROWID;

-- That a mail was seen in a folder. Its id there is another one in every folder.
CREATE TABLE mail_traces (
    item       TEXT PRIMARY KEY,
    folder     TEXT NOT NULL,
    message_id TEXT,
    search_key TEXT,
    gone       INTEGER
) WITHOUT ROWID;

CREATE INDEX mail_traces_by_message_id ON mail_traces (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX mail_traces_by_search_key ON mail_traces (search_key) WHERE search_key IS NOT NULL;
CREATE INDEX mail_traces_by_folder ON mail_traces (folder, gone);

-- That a mail moved, by its id after the move.
CREATE TABLE mail_moves (
    item       TEXT PRIMARY KEY,
    folder     TEXT NOT NULL,
    old_item   TEXT NOT NULL,
    old_folder TEXT NOT NULL,
    at         INTEGER NOT NULL
) WITHOUT ROWID;
