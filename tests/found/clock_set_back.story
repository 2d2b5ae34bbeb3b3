# The computer's clock was set two hours back after the sign-in: that is no time zone of the CRM.
appointments
exchange
last_modified
enter
jump 0
