//! Field rules between a mailbox item and a CRM record: names, text. No I/O, no clock.
