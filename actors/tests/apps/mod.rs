//! Area `app`: what becomes of a webhook whose address takes nothing, over days, and what a
//! store keeps of its secret. The hub of these tests asks no other machine, so every try fails.

use super::{Scene, run, say};
use domain::{
    Who,
    app::{GIVE_UP_AFTER, TOLD_AFTER, again_after},
};
use protocol::{
    EntityKind, Role, StreamId,
    app::{AppCommand, ClearWebhook, CreateApp, SetWebhook, WebhookInfo, WebhookTopic},
};
use std::{sync::Arc, time::Duration};

impl Scene {
    /// The files, and with them the keys, as the gateway opens them.
    pub(super) async fn with_keys(self, dir: &std::path::Path) -> Self {
        let files = persistence::BlobOptions {
            folder: dir.join("drive"),
            key: dir.join("drive.key"),
            file_bytes_max: 1 << 20,
            account_bytes_max: 1 << 20,
        };
        let (clock, ids) = (self.hub.clock().clone(), self.hub.ids().clone());
        let blobs = persistence::Blobs::open(files, None, self.hub.queries(), clock, ids).await;
        self.hub.hold_keys(Arc::clone(blobs.expect("a folder").keys()));
        self
    }

    async fn webhook(&self) -> Option<WebhookInfo> {
        let apps = self.hub.queries().apps().await.expect("read");
        apps.into_iter().next().and_then(|app| app.webhook)
    }

    async fn until_webhook(&self, so: impl Fn(&WebhookInfo) -> bool) {
        let look = async {
            let mut again = tokio::time::interval(Duration::from_millis(20));
            while !self.webhook().await.is_some_and(|webhook| so(&webhook)) {
                again.tick().await;
            }
        };
        let seen = tokio::time::timeout(Duration::from_secs(30), look).await;
        assert!(seen.is_ok(), "{:?}", self.webhook().await);
    }

    /// How often the application's stream says this.
    async fn says(&self, app: StreamId, type_name: &str) -> usize {
        let events = self.hub.journal().read_after(app, 0, 1_000).await.expect("read");
        events.iter().filter(|event| event.type_name == type_name).count()
    }
}

fn tries(webhook: &WebhookInfo) -> u32 {
    webhook.failing.as_ref().map_or(0, |failing| failing.tries)
}

#[test]
fn a_webhook_that_takes_nothing_is_told_of_and_gives_its_oldest_up() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await.with_keys(&dir).await;
        let (aynur, batur, room) = scene.direct().await;
        let unit = scene.unit().await;
        let admin: Who = scene.person_as(unit, "chen", Role::RegionAdmin).await;
        let app = StreamId::new(EntityKind::App, uuid::Uuid::from_u128(7));
        let account = batur.account.expect("a person");
        let create = AppCommand::from(CreateApp { name: "助手".to_owned(), account });
        scene.ask(&admin, Some(app), create).await.expect("registered");
        let topics = vec![WebhookTopic::Messages];
        let set = SetWebhook { url: "https://a.example/in".to_owned(), topics };
        let set = AppCommand::from(set);
        let receipt = scene.ask(&admin, Some(app), set.clone()).await.expect("set");
        let secret = receipt.result.expect("told")["secret"].as_str().expect("text").to_owned();
        let kept = scene.hub.journal().find_command(receipt.id).await.expect("read");
        let kept = kept.expect("stored").record.result.expect("sealed");
        assert!(secret.starts_with("whsec_") && !kept.contains("whsec_"), "{kept}");

        for text in ["一", "二"] {
            scene.ask(&aynur, Some(room), say(text)).await.expect("durable");
        }
        for n in 1..=GIVE_UP_AFTER {
            // The last try of the first event leaves the second to be tried in a day.
            let lost = u32::from(n == GIVE_UP_AFTER);
            scene.until_webhook(|webhook| tries(webhook) == n && webhook.lost == lost).await;
            let told = scene.says(app, "app.webhook_failing").await;
            assert!(n >= TOLD_AFTER || told == 0, "too soon: {n}");
            scene.clock.advance(again_after(n) - 1);
            assert_eq!(scene.webhook().await.map(|webhook| tries(&webhook)), Some(n));
            scene.clock.advance(1);
        }
        scene.until_webhook(|webhook| webhook.lost == 2 && webhook.waiting == 0).await;
        assert_eq!(scene.says(app, "app.webhook_failing").await, 1, "once");

        // Set anew, it begins anew; switched off, nothing is left of what waits.
        scene.ask(&admin, Some(app), set).await.expect("set");
        scene.ask(&aynur, Some(room), say("三")).await.expect("durable");
        scene.until_webhook(|webhook| tries(webhook) == 1 && webhook.lost == 0).await;
        let clear = AppCommand::from(ClearWebhook {});
        scene.ask(&admin, Some(app), clear).await.expect("cleared");
        assert_eq!(scene.webhook().await, None);
    });
}
