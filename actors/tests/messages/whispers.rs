//! Nothing of a whisper reaches anybody else, whatever happened in the room: neither its text
//! nor its sender, by no way on which the hub tells anybody anything. Random histories of a
//! group of four; the last only reads. An auditor looks on and sees all.

use super::{Scene, me, run};
use domain::Who;
use kernel::{IdSource, Outbox};
use proptest::prelude::*;
use protocol::{
    EntityKind, Role, RoomId, Seq, StreamId,
    room::{
        CreateRoom, EditMessage, Forward, MessageRef, OpenDirect, PinMessage, React, RecallMessage,
        RoomCommand, SendMessage,
    },
};
use std::{collections::BTreeSet, sync::Arc};

const PEOPLE: [&str; 4] = ["aynur", "batur", "chen", "dilnur"];

#[derive(Clone, Debug)]
enum Step {
    Say,
    Whisper { by: usize, readers: Vec<usize> },
    Answer { back: usize, readers: Vec<usize> },
    Edit { back: usize },
    React { back: usize, by: usize },
    Recall { back: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let readers = || prop::sample::subsequence(vec![0_usize, 1, 2, 3], 1..3);
    let step = prop_oneof![
        2 => Just(Step::Say),
        4 => (0..3_usize, readers()).prop_map(|(by, readers)| Step::Whisper { by, readers }),
        1 => (0..4_usize, readers()).prop_map(|(back, readers)| Step::Answer { back, readers }),
        1 => (0..4_usize).prop_map(|back| Step::Edit { back }),
        2 => (0..4_usize, 0..4_usize).prop_map(|(back, by)| Step::React { back, by }),
        1 => (0..4_usize).prop_map(|back| Step::Recall { back }),
    ];
    prop::collection::vec(step, 1..14)
}

/// A whisper that was accepted, with every text it had.
struct Secret {
    seq: Seq,
    by: usize,
    readers: BTreeSet<usize>,
    texts: Vec<String>,
    recalled: bool,
}

struct World {
    scene: Scene,
    people: Vec<Who>,
    auditor: Who,
    room: StreamId,
    secrets: Vec<Secret>,
    /// Messages to everybody.
    public: u64,
    live: Vec<Arc<Outbox>>,
}

impl World {
    async fn open(dir: &std::path::Path) -> Self {
        let scene = Scene::open(dir).await;
        let unit = scene.unit().await;
        let mut people = Vec::new();
        for name in PEOPLE {
            people.push(scene.person(unit, name).await);
        }
        let auditor = scene.person_as(unit, "auditor", Role::Auditor).await;
        let room = StreamId::new(EntityKind::Room, scene.ids.next());
        let members = people.iter().map(me).collect();
        let create = CreateRoom { name: "综窗组".to_owned(), members };
        scene.send(&people[0], room, create).await;
        let mut live = Vec::new();
        for who in people.iter().chain([&auditor]) {
            let outbox = Outbox::new(1 << 20);
            let (head, viewer) = scene.hub.look(who, room).await.expect("entitled");
            scene.hub.fanout().subscribe(room, viewer, &outbox, head);
            assert!(scene.hub.fanout().go_live(room, &outbox, head));
            live.push(outbox);
        }
        Self { scene, people, auditor, room, secrets: Vec::new(), public: 0, live }
    }

    /// The secret that many whispers ago.
    fn back(&self, back: usize) -> Option<usize> {
        self.secrets.len().checked_sub(back + 1)
    }

    async fn take(&mut self, step: &Step) {
        let text = format!("secret{}x", self.secrets.iter().map(|s| s.texts.len()).sum::<usize>());
        match step {
            Step::Say => {
                let say = SendMessage { text: "各位好".to_owned(), ..SendMessage::default() };
                self.scene.send(&self.people[0], self.room, say).await;
                self.public += 1;
            }
            Step::Whisper { by, readers } => self.whisper(*by, readers, None, text).await,
            Step::Answer { back, readers } => {
                let Some(answered) = self.back(*back) else { return };
                let (by, seq) = (self.secrets[answered].by, self.secrets[answered].seq);
                self.whisper(by, readers, Some(seq), text).await;
            }
            Step::Edit { back } => {
                let Some(place) = self.back(*back) else { return };
                let secret = &mut self.secrets[place];
                let edit = RoomCommand::from(EditMessage { seq: secret.seq, text: text.clone() });
                let by = &self.people[secret.by];
                if self.scene.ask(by, Some(self.room), edit).await.is_ok() {
                    secret.texts.push(text);
                }
            }
            Step::React { back, by } => {
                let Some(place) = self.back(*back) else { return };
                let secret = &self.secrets[place];
                let react = React { seq: secret.seq, emoji: "👍".to_owned(), on: true };
                let react = RoomCommand::from(react);
                let done = self.scene.ask(&self.people[*by], Some(self.room), react).await;
                assert_eq!(done.is_ok(), !secret.recalled && secret.is_for(*by));
            }
            Step::Recall { back } => {
                let Some(place) = self.back(*back) else { return };
                let secret = &mut self.secrets[place];
                let recall = RoomCommand::from(RecallMessage { seq: secret.seq });
                let by = &self.people[secret.by];
                self.scene.ask(by, Some(self.room), recall).await.expect("one's own");
                secret.recalled = true;
            }
        }
    }

    async fn whisper(&mut self, by: usize, to: &[usize], answers: Option<Seq>, text: String) {
        let send = SendMessage {
            text: text.clone(),
            reply_to: answers,
            visible_to: to.iter().map(|n| me(&self.people[*n])).collect(),
            ..SendMessage::default()
        };
        let sent = self.scene.ask(&self.people[by], Some(self.room), RoomCommand::from(send)).await;
        let readers: BTreeSet<usize> = to.iter().copied().filter(|n| *n != by).collect();
        if let Ok(receipt) = sent {
            let (seq, texts) = (receipt.seq, vec![text]);
            self.secrets.push(Secret { seq, by, readers, texts, recalled: false });
        } else {
            assert!(readers.is_empty() || answers.is_some());
        }
    }

    /// Everything that the hub tells a person, in any form.
    async fn told(&self, n: usize) -> Vec<String> {
        let who = self.people.get(n).unwrap_or(&self.auditor);
        let mut frames = Vec::new();
        self.live[n].take(std::task::Waker::noop(), &mut frames);
        let mut told: Vec<String> = frames.iter().map(ToString::to_string).collect();
        told.extend(self.scene.page(who, self.room).await.iter().map(json));
        let (_, viewer) = self.scene.hub.look(who, self.room).await.expect("entitled");
        let events = self.scene.events(self.room).await;
        told.extend(events.iter().map(|event| persistence::event_frame_json(event, &viewer)));
        let queries = self.scene.hub.queries();
        let list = queries.conversations(me(who), None, 10).await.expect("read");
        told.push(json(&list));
        let pins = queries.pins(RoomId(self.room.id), &viewer).await.expect("read");
        told.push(json(&pins));
        let all = 1..=events.len() as Seq;
        let places: Vec<MessageRef> =
            all.map(|seq| MessageRef { room: RoomId(self.room.id), seq }).collect();
        let known = queries.messages(&places, &viewer).await.expect("read");
        told.push(format!("{known:?}"));
        told
    }

    /// Nobody else can quote, forward, pin or recall it; what they are told is "no such message".
    async fn try_to_get_at(&self, n: usize, seq: Seq) {
        let who = &self.people[n];
        let peer = me(&self.people[usize::from(n == 0)]);
        let own = RoomCommand::from(OpenDirect { peer });
        let own = self.scene.ask(who, None, own).await.expect("opened").stream;
        let quote =
            SendMessage { text: "?".to_owned(), reply_to: Some(seq), ..SendMessage::default() };
        let places = vec![MessageRef { room: RoomId(self.room.id), seq }];
        let forward = Forward { title: String::new(), messages: places };
        let forward = SendMessage { forward: Some(forward), ..SendMessage::default() };
        for (room, command) in [
            (self.room, RoomCommand::from(quote)),
            (own, forward.into()),
            (self.room, EditMessage { seq, text: "?".to_owned() }.into()),
        ] {
            let refused = self.scene.ask(who, Some(room), command).await.expect_err("hidden");
            assert_eq!(refused.code, "room.message_not_found");
        }
        let pin = RoomCommand::from(PinMessage { seq, on: true });
        assert!(self.scene.ask(who, Some(self.room), pin).await.is_err());
    }

    async fn check(&self) {
        for n in 0..=PEOPLE.len() {
            let told = self.told(n).await;
            for secret in &self.secrets {
                let audits = n == PEOPLE.len();
                for text in &secret.texts {
                    let heard = told.iter().any(|line| line.contains(text.as_str()));
                    // Live frames went out before a recall.
                    let may = audits || secret.is_for(n);
                    assert!(may || !heard, "{n} was told {text}");
                    assert!(heard || !may || secret.recalled, "{text} was kept from {n}");
                }
                let seq = format!(r#""seq":{},"#, secret.seq);
                let bare =
                    told.iter().filter(|line| line.contains(&seq) && !line.contains("items"));
                if !audits && !secret.is_for(n) {
                    let by = me(&self.people[secret.by]).to_string();
                    assert!(bare.clone().all(|line| !line.contains(&by)), "its sender is told");
                    self.try_to_get_at(n, secret.seq).await;
                }
            }
        }
        let reader = PEOPLE.len() - 1;
        let mine = self.secrets.iter().filter(|secret| secret.readers.contains(&reader)).count();
        let unread = self.scene.hub.queries().unread(me(&self.people[reader]), self.room).await;
        assert_eq!(unread.expect("read"), self.public + mine as u64);
    }
}

impl Secret {
    fn is_for(&self, n: usize) -> bool {
        self.by == n || self.readers.contains(&n)
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_of_a_whisper_reaches_anybody_else(history in steps()) {
        run(|dir| async move {
            let mut world = World::open(&dir).await;
            for step in &history {
                world.take(step).await;
            }
            world.check().await;
            world.scene.hub.shutdown().await;
        });
    }
}
