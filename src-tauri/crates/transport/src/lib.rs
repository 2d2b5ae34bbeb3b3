//! HTTP as every adapter needs it: TLS, proxy, address rules, sorting of failures, counting.
