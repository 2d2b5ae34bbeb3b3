-- The updates of the last day are looked at before each plan.

CREATE INDEX history_of_updates ON history (component, at, record) WHERE act = 'updated';
