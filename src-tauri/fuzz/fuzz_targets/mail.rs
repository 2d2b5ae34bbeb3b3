//! Mails and the HTML in them, as any bytes: nothing may make the reader, the way from HTML to text or the cleaning panic, hang or take all
//! memory, and nothing that runs may be left.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    mail::look(bytes);
});
