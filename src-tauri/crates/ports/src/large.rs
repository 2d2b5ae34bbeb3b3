//! Whole mails and large files in memory. They are there for seconds, and the program for months, so that the memory they took has to go
//! back to the system. glibc keeps it: each large block that is freed teaches it to keep blocks up to that size for later, up to 32 MB
//! (mallopt(3), `M_MMAP_THRESHOLD`). Still larger ones always go back, and room that nothing is written to takes no memory.

/// Blocks above this size teach nothing.
const ALWAYS_RETURNED: usize = 32 * 1024 * 1024 + 64 * 1024;
/// From this size on it matters.
const LARGE: usize = 512 * 1024;

/// The same bytes, in a block that goes back to the system when it is freed. They are not copied, unless glibc learned otherwise before.
pub fn returned_when_freed(mut bytes: Vec<u8>) -> Vec<u8> {
    if cfg!(target_env = "gnu") && bytes.len() >= LARGE {
        let room = ALWAYS_RETURNED.saturating_sub(bytes.len());
        // Where there is no such room they stay where they are.
        let _ = bytes.try_reserve_exact(room);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_blocks_are_above_what_glibc_keeps_and_hold_the_same() {
        for length in [0, 1, LARGE - 1, LARGE, 40 * 1024 * 1024] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let returned = returned_when_freed(bytes.clone());
            assert_eq!(returned.len(), length);
            assert!(returned == bytes, "{length}");
            let is_above = returned.capacity() > 32 * 1024 * 1024;
            let expected = length >= LARGE && cfg!(target_env = "gnu");
            assert!(is_above == expected || length > ALWAYS_RETURNED, "{length}");
        }
    }
}
