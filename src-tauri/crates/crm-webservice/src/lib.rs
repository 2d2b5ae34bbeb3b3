//! The CRM port over webservice.php.
