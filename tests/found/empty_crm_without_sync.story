# The CRM's sync failed once while there was no record at all: the query that took its place was an error of the server's for ever.
contacts
exchange
last_modified
disturb 26 0
settle
settle
