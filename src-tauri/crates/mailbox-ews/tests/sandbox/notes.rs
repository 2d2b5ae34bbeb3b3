//! Messages of the connector's own to the user (R6.6).

use ports::{Mailbox, Note};

use crate::{BOTH, World};

fn note(key: &str) -> Note {
    Note {
        key: key.to_owned(),
        subject: "Konflikt: Groß & Söhne".to_owned(),
        text: "Erste Zeile\r\nTelefon: „1“ <> „2“".to_owned(),
    }
}

#[tokio::test]
async fn r6_6_a_message_lies_unread_in_the_own_inbox_and_nobody_else_hears_of_it() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let before = world.sandbox.exchange.items_in(&world.user, "Inbox").len();
        // An answer that was lost, and a program that asks again, put no second one there.
        world.order("cut-after:CreateItem:1");
        let lost = world.mailbox.deliver(&note("1")).await;
        lost.expect_err("the answer was lost");
        for key in ["1", "1", "2"] {
            world.mailbox.deliver(&note(key)).await.expect("delivered");
        }
        let inbox = world.sandbox.exchange.items_in(&world.user, "Inbox");
        assert_eq!(inbox.len(), before + 2, "{mode:?}");
        let message = inbox.last().expect("there");
        assert_eq!(message.fields["Subject"], "Konflikt: Groß & Söhne");
        assert_eq!(message.fields["IsRead"], "false");
        assert!(message.fields["Body"].contains("„1“ <> „2“"), "{message:?}");
        assert_eq!(world.sandbox.exchange.outbox(&world.user).len(), 0);
    }
}
