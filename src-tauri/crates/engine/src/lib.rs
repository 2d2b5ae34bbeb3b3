//! Runs a sync: observe, plan, journal, execute, commit, recover.
