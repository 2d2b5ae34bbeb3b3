//! Brings the stamps of items up to date: which record an item belongs to and what both sides agreed on. A stamp changes nothing the
//! user sees, so it is written whatever the item's version is; the version in the link stays, and a change in between is still seen.

use model::{Component, Link, Stamp};
use ports::{ItemWrite, LinkChange, LinkFilter, Outcome};
use tracing::warn;

use crate::Engine;
use crate::progress::{Phase, Progress};

const BATCH: usize = 50;

impl Engine {
    /// Whether anything was stamped.
    pub(crate) async fn stamp(&self, component: Component) -> ports::Result<bool> {
        let links = self
            .doors
            .store
            .links(component, LinkFilter::Unstamped)
            .await?;
        if links.is_empty() {
            return Ok(false);
        }
        let folder = self.folder(component).await?;
        let (mut done, mut stamped) = (0, false);
        for chunk in links.chunks(BATCH) {
            if self.stop.is_set() {
                break;
            }
            self.watcher.progress(Progress {
                component,
                phase: Phase::Finishing,
                done,
                total: Some(links.len() as u64),
            });
            let writes: Vec<ItemWrite> = chunk
                .iter()
                .filter_map(|link| self.stamping(link))
                .collect();
            let mailbox = &self.writable().await?.mailbox;
            let answers = mailbox.write(component, &folder, &writes).await?;
            let mut outcome = Outcome::default();
            for (link, answer) in chunk.iter().zip(answers) {
                match answer {
                    Ok(_) => {
                        let mut link = link.clone();
                        link.stamped = Some(link.revision());
                        outcome.links.push(LinkChange::Put(link));
                    }
                    // It left the folder meanwhile, or is locked: the next look or the next run deals with it.
                    Err(failure) if failure.is_about_one_entry() => {
                        warn!(link = %link.id, %failure, "an item could not be stamped");
                    }
                    Err(failure) => return Err(failure),
                }
            }
            stamped |= !outcome.links.is_empty();
            self.doors.store.commit(component, &outcome).await?;
            done += chunk.len() as u64;
        }
        Ok(stamped)
    }

    fn stamping(&self, link: &Link) -> Option<ItemWrite> {
        Some(ItemWrite::Stamp {
            id: link.item()?.clone(),
            stamp: Stamp {
                crm: self.setup.owner.crm.clone(),
                record: link.record.clone(),
                link: link.id.clone(),
                revision: Some(link.revision()),
            },
        })
    }
}
