//! The right to work on a profile: one process at a time has it, and it ends with the process however that ends.

use std::fs::{File, OpenOptions, TryLockError};

use crate::{ConfigError, Profile};

/// Held while a process works on a profile.
#[derive(Debug)]
pub struct ProfileLock {
    /// The operating system's lock belongs to the open file. The file itself stays: removing it would let two processes lock
    /// two files of one name.
    _file: File,
}

impl ProfileLock {
    /// The right to renew the profile's sign-in, which is needed for moments only: whoever has it is waited for.
    pub(crate) fn wait_to_renew(profile: &Profile) -> Result<Self, ConfigError> {
        let path = profile.dir().join("sign-in.lock");
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let locked = opened.and_then(|file| file.lock().map(|()| file));
        match locked {
            Ok(file) => Ok(Self { _file: file }),
            Err(source) => Err(ConfigError::Profile {
                tried: "lock",
                file: path,
                source,
            }),
        }
    }

    pub(crate) fn take(profile: &Profile) -> Result<Self, ConfigError> {
        let path = profile.dir().join("profile.lock");
        let failed = |source| ConfigError::Profile {
            tried: "lock",
            file: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ConfigError::ProfileInUse {
                profile: profile.dir().to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_after_the_other_renews_a_sign_in() {
        let place = tempfile::tempdir().expect("a folder");
        let profile = Profile::open(Some(place.path().to_owned())).expect("made");
        let first = profile.wait_to_renew().expect("nobody else");
        let (told, heard) = std::sync::mpsc::channel();
        let second = std::thread::spawn(move || {
            let _lock = profile.wait_to_renew().expect("waited for");
            told.send("second").expect("heard");
        });
        assert!(heard.try_recv().is_err());
        drop(first);
        assert_eq!(heard.recv(), Ok("second"));
        second.join().expect("done");
    }

    #[test]
    fn one_at_a_time_works_on_a_profile() {
        let place = tempfile::tempdir().expect("a folder");
        let profile = Profile::open(Some(place.path().to_owned())).expect("made");
        let first = profile.lock().expect("nobody else");
        let second = profile.lock().expect_err("in use");
        let problem = second.problem();
        assert_eq!(problem.code, model::Code::ProfileInUse);
        assert_eq!(
            problem.values["profile"],
            place.path().display().to_string()
        );
        drop(first);
        profile.lock().expect("free again");
    }
}
