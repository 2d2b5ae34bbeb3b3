//! What Exchange says, as any bytes: nothing may make it panic, hang or take all memory.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    mailbox_ews::hostile::read(&String::from_utf8_lossy(bytes));
});
