//! Somebody else changes an item between our reading and our writing: he wins, and we are told.

use model::Field;
use ports::ErrorKind;

use crate::{BOTH, World, delete, full, update};

#[tokio::test]
async fn s3_an_item_changed_meanwhile_is_neither_changed_nor_deleted() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let made = world.make(&folder, 1, full()).await;
        world
            .sandbox
            .exchange
            .edit(&world.user, made.id.as_str(), &[("Surname", "Neu")])
            .expect("edited");
        let before = world
            .sandbox
            .exchange
            .item(&world.user, made.id.as_str())
            .expect("there");
        for write in [update(&made, &[(Field::LastName, "Ours")]), delete(&made)] {
            let failure = world
                .write(&folder, &[write])
                .await
                .remove(0)
                .expect_err("stale");
            assert_eq!(failure.kind, ErrorKind::Stale, "{mode:?}");
        }
        let after = world
            .sandbox
            .exchange
            .item(&world.user, made.id.as_str())
            .expect("there");
        assert_eq!(after.canonical, before.canonical);
        assert_eq!(after.change_key, before.change_key);
    }
}

#[tokio::test]
async fn s8_one_item_that_is_gone_does_not_keep_the_others_from_being_written() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let mut made = Vec::new();
        for number in 0..3 {
            made.push(world.make(&folder, number, full()).await);
        }
        world
            .sandbox
            .exchange
            .delete(&world.user, made[1].id.as_str())
            .expect("deleted");
        let updates: Vec<_> = made
            .iter()
            .map(|item| update(item, &[(Field::Phone, "1")]))
            .collect();
        let answers = world.write(&folder, &updates).await;
        assert!(answers[0].is_ok() && answers[2].is_ok());
        assert_eq!(answers[1].as_ref().expect_err("gone").kind, ErrorKind::Gone);
    }
}
