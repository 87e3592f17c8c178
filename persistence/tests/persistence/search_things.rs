//! The search over everything that is no plain message, against what each person may find:
//! tasks with their private notes, places of the drive, notices, applications, the threads of a
//! desk with the notes among its agents. Whatever is made, renamed, shared, unshared, binned,
//! brought back, erased, withdrawn, joined and left, in whatever order and however far the index
//! is, nobody finds what they may not see; and all of the rest once the index is fed.

use crate::cases::account_created;
use crate::search::ask;
use crate::support::{Maker, Store};
use kernel::journal::{Head, Journal};
use persistence::{Queries, SearchRequest, SqliteJournal, rebuild};
use proptest::prelude::*;
use protocol::{AccountId, AnyEvent, EntityKind, Seq, StreamId, search::SearchKind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const WORDS: [&str; 3] = ["社保卡", "居住证", "Zhang3"];
const PEOPLE: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Task { owner: usize, word: usize, private: bool },
    Retitle { which: usize, word: usize },
    Assign { which: usize, who: usize },
    Release { which: usize, who: usize },
    RemoveTask { which: usize },
    NoteOnTask { which: usize, who: usize, word: usize },
    Share { who: usize, on: bool },
    Folder { parent: usize, word: usize },
    Rename { which: usize, word: usize },
    Bin { which: usize },
    Restore { which: usize },
    Erase { which: usize },
    Notify { by: usize, to: BTreeSet<usize>, word: usize },
    Withdraw { which: usize },
    App { word: usize, to: BTreeSet<usize>, shown: bool },
    Answer { who: usize, on: bool },
    Ask { asker: usize, word: usize },
    NoteInThread { asker: usize, by: usize, word: usize },
    Feed,
    Sweep,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (word, who, which) = (0..WORDS.len(), 0..PEOPLE, 0..99_usize);
    let people = || prop::collection::btree_set(0..PEOPLE, 0..3);
    let one = prop_oneof![
        3 => (who.clone(), word.clone(), any::<bool>())
            .prop_map(|(owner, word, private)| Step::Task { owner, word, private }),
        1 => (which.clone(), word.clone()).prop_map(|(which, word)| Step::Retitle { which, word }),
        2 => (which.clone(), who.clone()).prop_map(|(which, who)| Step::Assign { which, who }),
        1 => (which.clone(), who.clone()).prop_map(|(which, who)| Step::Release { which, who }),
        1 => which.clone().prop_map(|which| Step::RemoveTask { which }),
        2 => (which.clone(), who.clone(), word.clone())
            .prop_map(|(which, who, word)| Step::NoteOnTask { which, who, word }),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, on)| Step::Share { who, on }),
        4 => (which.clone(), word.clone()).prop_map(|(parent, word)| Step::Folder { parent, word }),
        2 => (which.clone(), word.clone()).prop_map(|(which, word)| Step::Rename { which, word }),
        2 => which.clone().prop_map(|which| Step::Bin { which }),
        1 => which.clone().prop_map(|which| Step::Restore { which }),
        1 => which.clone().prop_map(|which| Step::Erase { which }),
        3 => (who.clone(), people(), word.clone())
            .prop_map(|(by, to, word)| Step::Notify { by, to, word }),
        1 => which.clone().prop_map(|which| Step::Withdraw { which }),
        2 => (word.clone(), people(), prop::bool::weighted(0.8))
            .prop_map(|(word, to, shown)| Step::App { word, to, shown }),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, on)| Step::Answer { who, on }),
        3 => (who.clone(), word.clone()).prop_map(|(asker, word)| Step::Ask { asker, word }),
        3 => (who.clone(), who, word)
            .prop_map(|(asker, by, word)| Step::NoteInThread { asker, by, word }),
        4 => Just(Step::Feed),
        1 => Just(Step::Sweep),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(one, 6..40)
}

struct Task {
    stream: StreamId,
    word: usize,
    people: BTreeSet<usize>,
    notes: BTreeMap<usize, usize>,
    removed: bool,
}

struct Node {
    seq: Seq,
    parent: Seq,
    word: usize,
    /// The events that named it.
    named: Vec<Seq>,
    binned: bool,
    erased: bool,
}

struct Notice {
    stream: StreamId,
    word: usize,
    by: usize,
    to: BTreeSet<usize>,
    withdrawn: bool,
}

struct App {
    stream: StreamId,
    word: usize,
    to: BTreeSet<usize>,
}

struct Said {
    asker: usize,
    seq: Seq,
    word: usize,
    note: bool,
}

struct Hall {
    store: Store,
    journal: SqliteJournal,
    queries: Queries,
    make: Maker,
    people: Vec<AccountId>,
    heads: BTreeMap<StreamId, Head>,
    calendars: Vec<StreamId>,
    space: StreamId,
    shared: BTreeSet<usize>,
    desk: StreamId,
    agents: BTreeSet<usize>,
    threads: Vec<Option<StreamId>>,
    tasks: Vec<Task>,
    nodes: Vec<Node>,
    notices: Vec<Notice>,
    apps: Vec<App>,
    said: Vec<Said>,
}

/// What one person finds by one word.
#[derive(Debug, Default, PartialEq, Eq)]
struct Finds {
    tasks: BTreeSet<StreamId>,
    nodes: BTreeSet<Seq>,
    notices: BTreeSet<StreamId>,
    apps: BTreeSet<StreamId>,
    hits: BTreeSet<(StreamId, Seq)>,
}

impl Finds {
    fn is_within(&self, allowed: &Self) -> bool {
        self.tasks.is_subset(&allowed.tasks)
            && self.nodes.is_subset(&allowed.nodes)
            && self.notices.is_subset(&allowed.notices)
            && self.apps.is_subset(&allowed.apps)
            && self.hits.is_subset(&allowed.hits)
    }
}

fn event(type_name: &str, body: &Value) -> AnyEvent {
    AnyEvent::decode(type_name, &body.to_string()).unwrap()
}

impl Hall {
    async fn new() -> Self {
        let store = Store::new();
        let (journal, queries) = store.open().await;
        let make = Maker::new();
        let people: Vec<AccountId> = (0..PEOPLE).map(|_| make.account()).collect();
        let (space, desk) = (make.stream(EntityKind::Space), make.stream(EntityKind::Room));
        let calendars = (0..PEOPLE).map(|_| make.stream(EntityKind::Calendar)).collect();
        let mut hall = Self {
            store,
            journal,
            queries,
            make,
            people,
            heads: BTreeMap::new(),
            calendars,
            space,
            shared: BTreeSet::from([0]),
            desk,
            agents: BTreeSet::from([0]),
            threads: vec![None; PEOPLE],
            tasks: Vec::new(),
            nodes: Vec::new(),
            notices: Vec::new(),
            apps: Vec::new(),
            said: Vec::new(),
        };
        for who in 0..PEOPLE {
            let own = StreamId::from(hall.people[who]);
            hall.put(own, who, account_created(&format!("person{who}")), &[]).await;
        }
        let first = hall.people[0];
        let members = json!([{ "account": first, "role": "owner" }]);
        let body = json!({ "kind": "shared", "name": "空间", "members": members });
        hall.put(space, 0, event("drive.space_created", &body), &[]).await;
        let body = json!({ "kind": "desk", "name": "窗口", "members": members });
        hall.put(desk, 0, event("room.created", &body), &[]).await;
        hall
    }

    /// One event, caused by somebody; answers its number.
    async fn put(&mut self, stream: StreamId, by: usize, event: AnyEvent, gone: &[Seq]) -> Seq {
        self.put_for(stream, by, event, gone, None).await
    }

    async fn put_for(
        &mut self,
        stream: StreamId,
        by: usize,
        event: AnyEvent,
        gone: &[Seq],
        audience: Option<Vec<AccountId>>,
    ) -> Seq {
        let head = self.heads.entry(stream).or_default();
        let before = head.hash;
        let mut append = self.make.append(stream, head, &[event]);
        append.redactions = gone.to_vec();
        let sealed = &mut append.events[0];
        sealed.by = Some(self.people[by]);
        sealed.audience = audience.map(Into::into);
        sealed.hash = sealed.chain(&before);
        head.hash = sealed.hash;
        let seq = head.seq;
        assert_eq!(self.journal.append(vec![append]).await, [Ok(())]);
        seq
    }

    fn names(&self, people: &BTreeSet<usize>) -> Vec<AccountId> {
        people.iter().map(|who| self.people[*who]).collect()
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Task { .. }
            | Step::Retitle { .. }
            | Step::Assign { .. }
            | Step::Release { .. }
            | Step::RemoveTask { .. }
            | Step::NoteOnTask { .. } => self.task(step).await,
            Step::Share { .. }
            | Step::Folder { .. }
            | Step::Rename { .. }
            | Step::Bin { .. }
            | Step::Restore { .. }
            | Step::Erase { .. } => self.drive(step).await,
            Step::Notify { .. } | Step::Withdraw { .. } | Step::App { .. } => {
                self.notice(step).await;
            }
            Step::Answer { .. } | Step::Ask { .. } | Step::NoteInThread { .. } => {
                self.desk(step).await;
            }
            Step::Feed => drop(self.queries.feed_search().await.unwrap()),
            Step::Sweep => drop(self.queries.sweep_search().await.unwrap()),
            Step::Reopen => {
                self.queries.close_search().await;
                self.journal.close().await.unwrap();
                (self.journal, self.queries) = self.store.open().await;
            }
        }
    }

    async fn task(&mut self, step: Step) {
        if let Step::Task { owner, word, private } = step {
            let stream = self.make.stream(EntityKind::Task);
            let body = json!({
                "title": WORDS[word], "note": "", "starts_at": 1_000, "ends_at": 2_000,
                "zone": "Asia/Shanghai", "private": private,
                "people": [{ "account": self.people[owner], "part": "owner" }],
            });
            self.put(stream, owner, event("task.created", &body), &[]).await;
            let (people, notes) = (BTreeSet::from([owner]), BTreeMap::new());
            self.tasks.push(Task { stream, word, people, notes, removed: false });
            return;
        }
        let (Step::Retitle { which, .. }
        | Step::Assign { which, .. }
        | Step::Release { which, .. }
        | Step::RemoveTask { which }
        | Step::NoteOnTask { which, .. }) = step
        else {
            return;
        };
        let Some(n) = which.checked_rem(self.tasks.len()) else { return };
        let stream = self.tasks[n].stream;
        if self.tasks[n].removed {
            return;
        }
        match step {
            Step::Retitle { word, .. } => {
                let body = json!({ "title": WORDS[word], "note": "", "private": false });
                self.put(stream, 0, event("task.changed", &body), &[]).await;
                self.tasks[n].word = word;
            }
            Step::Assign { who, .. } if self.tasks[n].people.insert(who) => {
                let body = json!({ "account": self.people[who], "part": "assignee" });
                self.put(stream, 0, event("task.assigned", &body), &[]).await;
            }
            Step::Release { who, .. } if self.tasks[n].people.remove(&who) => {
                let body = json!({ "account": self.people[who], "left": true });
                self.put(stream, 0, event("task.released", &body), &[]).await;
            }
            Step::RemoveTask { .. } => {
                self.put(stream, 0, event("task.removed", &json!({})), &[]).await;
                self.tasks[n].removed = true;
            }
            Step::NoteOnTask { who, word, .. } => {
                let body = json!({ "task": stream, "text": WORDS[word] });
                let calendar = self.calendars[who];
                self.put(calendar, who, event("calendar.note_written", &body), &[]).await;
                self.tasks[n].notes.insert(who, word);
            }
            _ => {}
        }
    }

    async fn drive(&mut self, step: Step) {
        let space = self.space;
        let node = |which: usize| which.checked_rem(self.nodes.len());
        match step {
            Step::Share { who, on: true } if self.shared.insert(who) => {
                let body = json!({ "account": self.people[who], "role": "reader" });
                self.put(space, 0, event("drive.member_set", &body), &[]).await;
            }
            Step::Share { who, on: false } if self.shared.remove(&who) => {
                let body = json!({ "account": self.people[who] });
                self.put(space, 0, event("drive.member_removed", &body), &[]).await;
            }
            Step::Folder { parent, word } => {
                // Every other one lies in one that was made before.
                let parent = node(parent / 2).filter(|_| parent % 2 == 1);
                let parent = parent.map(|n| &self.nodes[n]).filter(|node| !node.erased);
                let parent = parent.map_or(0, |node| node.seq);
                let body = json!({ "parent": parent, "name": WORDS[word] });
                let seq = self.put(space, 0, event("drive.folder_created", &body), &[]).await;
                let named = vec![seq];
                let (binned, erased) = (false, false);
                self.nodes.push(Node { seq, parent, word, named, binned, erased });
            }
            Step::Rename { which, word } => {
                let Some(n) = node(which).filter(|n| !self.nodes[*n].erased) else { return };
                let body = json!({ "node": self.nodes[n].seq, "name": WORDS[word] });
                let seq = self.put(space, 0, event("drive.renamed", &body), &[]).await;
                self.nodes[n].named.push(seq);
                self.nodes[n].word = word;
            }
            Step::Bin { which } => {
                let Some(n) = node(which).filter(|n| !self.nodes[*n].erased) else { return };
                let body = json!({ "node": self.nodes[n].seq });
                self.put(space, 0, event("drive.removed", &body), &[]).await;
                self.nodes[n].binned = true;
            }
            Step::Restore { which } => {
                let Some(n) = node(which).filter(|n| self.nodes[*n].binned) else { return };
                let body = json!({ "node": self.nodes[n].seq, "parent": 0 });
                self.put(space, 0, event("drive.restored", &body), &[]).await;
                self.nodes[n].binned = false;
                self.nodes[n].parent = 0;
            }
            Step::Erase { which } => {
                let Some(n) = node(which).filter(|n| self.nodes[*n].binned) else { return };
                let seq = self.nodes[n].seq;
                let mut gone = Vec::new();
                for below in 0..self.nodes.len() {
                    if self.lies_in(below, seq) {
                        gone.extend(&self.nodes[below].named);
                        self.nodes[below].erased = true;
                        self.nodes[below].binned = false;
                    }
                }
                let body = json!({ "node": seq });
                self.put(space, 0, event("drive.erased", &body), &gone).await;
            }
            _ => {}
        }
    }

    /// Whether a place is the one with this number or lies in it, erased ones left out.
    fn lies_in(&self, n: usize, seq: Seq) -> bool {
        let node = &self.nodes[n];
        let up = self.nodes.iter().position(|other| other.seq == node.parent);
        !node.erased && (node.seq == seq || up.is_some_and(|up| self.lies_in(up, seq)))
    }

    fn is_binned(&self, node: &Node) -> bool {
        let up = self.nodes.iter().find(|other| other.seq == node.parent);
        node.binned || up.is_some_and(|up| self.is_binned(up))
    }

    async fn notice(&mut self, step: Step) {
        match step {
            Step::Notify { by, to, word } => {
                let stream = self.make.stream(EntityKind::Notice);
                let accounts = self.names(&to);
                let target = json!({ "to": "people", "accounts": accounts });
                let sent = json!({ "kind": "todo", "target": target, "confirm": false });
                self.put(stream, by, event("notice.sent", &sent), &[]).await;
                let written = json!({ "title": "通告", "text": format!("请带{}", WORDS[word]) });
                self.put(stream, by, event("notice.written", &written), &[]).await;
                let addressed = json!({ "accounts": accounts, "last": true });
                self.put(stream, by, event("notice.addressed", &addressed), &[]).await;
                self.notices.push(Notice { stream, word, by, to, withdrawn: false });
            }
            Step::Withdraw { which } => {
                let Some(n) = which.checked_rem(self.notices.len()) else { return };
                let Notice { stream, by, withdrawn, .. } = self.notices[n];
                if !withdrawn {
                    self.put(stream, by, event("notice.withdrawn", &json!({})), &[2]).await;
                    self.notices[n].withdrawn = true;
                }
            }
            Step::App { word, to, shown } => {
                let stream = self.make.stream(EntityKind::App);
                let made = json!({ "name": WORDS[word], "account": self.people[0] });
                self.put(stream, 0, event("app.created", &made), &[]).await;
                let target = json!({ "to": "people", "accounts": self.names(&to) });
                let changed = json!({
                    "name": WORDS[word], "summary": "", "url": "", "order": 0, "target": target,
                    "shown": shown, "redirects": [],
                });
                self.put(stream, 0, event("app.changed", &changed), &[]).await;
                let to = if shown { to } else { BTreeSet::new() };
                self.apps.push(App { stream, word, to });
            }
            _ => {}
        }
    }

    async fn desk(&mut self, step: Step) {
        match step {
            Step::Answer { who, on: true } if self.agents.insert(who) => {
                let body = json!({ "account": self.people[who], "role": "member" });
                self.put(self.desk, 0, event("room.member_added", &body), &[]).await;
            }
            Step::Answer { who, on: false } if self.agents.remove(&who) => {
                let body = json!({ "account": self.people[who], "left": true });
                self.put(self.desk, 0, event("room.member_removed", &body), &[]).await;
            }
            Step::Ask { asker, word } => {
                let thread = self.thread(asker).await;
                let seq = self.put(thread, asker, crate::support::message(WORDS[word]), &[]).await;
                self.said.push(Said { asker, seq, word, note: false });
            }
            Step::NoteInThread { asker, by, word } => {
                if asker == by || !self.agents.contains(&by) {
                    return;
                }
                let thread = self.thread(asker).await;
                let agents = self.agents.iter().filter(|agent| **agent != asker);
                let readers = agents.map(|agent| self.people[*agent]).collect();
                let message = crate::support::message(WORDS[word]);
                let seq = self.put_for(thread, by, message, &[], Some(readers)).await;
                self.said.push(Said { asker, seq, word, note: true });
            }
            _ => {}
        }
    }

    async fn thread(&mut self, asker: usize) -> StreamId {
        if let Some(thread) = self.threads[asker] {
            return thread;
        }
        let thread = self.make.stream(EntityKind::Room);
        self.threads[asker] = Some(thread);
        let me = self.people[asker];
        let members = json!([{ "account": me, "role": "member" }]);
        let created = json!({ "kind": "service", "name": "窗口", "members": members });
        self.put(thread, asker, event("room.created", &created), &[]).await;
        let opened = json!({ "service": self.desk.id, "asker": me });
        self.put(thread, asker, event("room.thread_opened", &opened), &[]).await;
        thread
    }

    async fn found(&self, who: usize, word: usize) -> Finds {
        let request =
            SearchRequest { kinds: SearchKind::ALL.to_vec(), ..ask(self.people[who], WORDS[word]) };
        let answer = self.queries.search(request).await.unwrap();
        let finds = Finds {
            tasks: answer.tasks.iter().map(|one| one.task).collect(),
            nodes: answer.files.iter().map(|one| one.node).collect(),
            notices: answer.notices.iter().map(|one| one.notice).collect(),
            apps: answer.apps.iter().map(|one| one.app).collect(),
            hits: answer.hits.iter().map(|hit| (hit.stream, hit.seq)).collect(),
        };
        let each = [answer.tasks.len(), answer.files.len(), answer.notices.len()];
        let once = [finds.tasks.len(), finds.nodes.len(), finds.notices.len()];
        assert_eq!(each, once, "each once");
        assert!(answer.hits.iter().all(|hit| {
            answer.places.iter().any(|place| place.stream == hit.stream && place.name == "窗口")
        }));
        finds
    }

    fn allowed(&self, who: usize, word: usize) -> Finds {
        let task = |task: &&Task| {
            let asked_for = task.word == word || task.notes.get(&who) == Some(&word);
            !task.removed && task.people.contains(&who) && asked_for
        };
        let node = |node: &&Node| {
            self.shared.contains(&who) && node.word == word && !node.erased && !self.is_binned(node)
        };
        let notice = |one: &&Notice| {
            one.word == word && !one.withdrawn && (one.by == who || one.to.contains(&who))
        };
        let said = |said: &&Said| {
            let answers = said.asker != who && self.agents.contains(&who);
            said.word == word && (answers || (said.asker == who && !said.note))
        };
        let place = |said: &Said| (self.threads[said.asker].unwrap(), said.seq);
        let apps = self.apps.iter().filter(|app| app.word == word && app.to.contains(&who));
        Finds {
            tasks: self.tasks.iter().filter(task).map(|task| task.stream).collect(),
            nodes: self.nodes.iter().filter(node).map(|node| node.seq).collect(),
            notices: self.notices.iter().filter(notice).map(|one| one.stream).collect(),
            apps: apps.map(|app| app.stream).collect(),
            hits: self.said.iter().filter(said).map(place).collect(),
        }
    }

    async fn check(&self, is_fed: bool) {
        for who in 0..PEOPLE {
            for word in 0..WORDS.len() {
                let (found, allowed) = (self.found(who, word).await, self.allowed(who, word));
                assert!(found.is_within(&allowed), "{who} finds {found:?} of {allowed:?}");
                assert!(!is_fed || found == allowed, "{who} misses some of {allowed:?}: {found:?}");
            }
        }
    }

    async fn feed(&self) {
        while self.queries.feed_search().await.unwrap().behind > 0 {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn nobody_finds_a_thing_that_is_not_for_them(steps in steps()) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut hall = Hall::new().await;
            for step in steps {
                hall.take(step).await;
                hall.check(false).await;
            }
            hall.feed().await;
            hall.check(true).await;
            rebuild(&hall.journal, |_, _| {}).await.unwrap();
            hall.queries.rebuild_search(|_, _| {}).await.unwrap();
            hall.check(true).await;
            hall.queries.close_search().await;
        });
    }
}

#[tokio::test]
async fn one_file_of_very_many_is_found_and_binned_folders_hide_theirs() {
    let mut hall = Hall::new().await;
    hall.take(Step::Folder { parent: 0, word: 0 }).await;
    let outer = hall.nodes[0].seq;
    let space = hall.space;
    // More than any answer looks through one by one.
    let names: Vec<AnyEvent> = (0..6_000)
        .map(|n| json!({ "parent": outer, "name": format!("居住证 第{n}号.pdf") }))
        .map(|body| event("drive.folder_created", &body))
        .collect();
    let head = hall.heads.get_mut(&space).unwrap();
    for some in names.chunks(1_000) {
        let append = hall.make.append(space, head, some);
        assert_eq!(hall.journal.append(vec![append]).await, [Ok(())]);
    }
    hall.feed().await;
    let find = async |hall: &Hall, typed: &str| {
        let request = SearchRequest { kinds: vec![SearchKind::File], ..ask(hall.people[0], typed) };
        hall.queries.search(request).await.unwrap().files
    };
    let found = find(&hall, "第7号").await;
    assert_eq!(found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["居住证 第7号.pdf"]);
    assert_eq!(found[0].path.iter().map(|step| step.node).collect::<Vec<_>>(), [outer]);
    assert_eq!(find(&hall, "jzz").await.len(), 20, "the first of them, by initials");
    hall.take(Step::Bin { which: 0 }).await;
    hall.feed().await;
    assert!(find(&hall, "第7号").await.is_empty() && find(&hall, "jzz").await.is_empty());
}
