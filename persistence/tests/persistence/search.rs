//! The search against what it may find: whatever is said, mailed, sent as a file, whispered,
//! edited, taken back, burnt, deleted for oneself, cleared away, joined and left, in whatever
//! order and however far the index is, a person finds nothing they may not see; and all of the
//! rest once the index is fed.

use crate::support::{Maker, Store, message};
use kernel::journal::{Append, Head, Journal};
use persistence::{Queries, SearchRequest, SqliteJournal, rebuild, search_position};
use proptest::prelude::*;
use protocol::{
    AccountId, AnyEvent, BlobId, EntityKind, RoomId, Seq, StreamId,
    account::{AccountEvent, HistoryCleared, MessageHidden},
    file::FileRef,
    room::{
        Member, MemberAdded, MemberRemoved, MemberRole, MessageBurnt, MessageEdited,
        MessageRecalled, MessageSent, Part, RoomCreated, RoomEvent, RoomKind,
    },
    search::SearchKind,
};
use std::collections::BTreeSet;

const WORDS: [&str; 4] = ["社保卡", "居住证", "Zhang3", "خىزمەت"];
const PEOPLE: usize = 3;
const ROOMS: usize = 2;

/// How something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Plain,
    Mail,
    File,
    Burning,
}

#[derive(Clone, Debug)]
enum Step {
    Say { room: usize, words: Vec<usize>, to: Option<BTreeSet<usize>>, how: How },
    Edit { which: usize, words: Vec<usize> },
    Recall { which: usize },
    Burn { which: usize },
    Hide { which: usize, who: usize },
    Clear { room: usize, who: usize },
    Join { room: usize, who: usize },
    Leave { room: usize, who: usize },
    Feed,
    Sweep,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let words = || prop::collection::vec(0..WORDS.len(), 1..3);
    let people = prop::option::weighted(0.3, prop::collection::btree_set(0..PEOPLE, 1..3));
    let how = prop_oneof![
        3 => Just(How::Plain),
        1 => Just(How::Mail),
        1 => Just(How::File),
        1 => Just(How::Burning),
    ];
    let one = prop_oneof![
        8 => (0..ROOMS, words(), people, how)
            .prop_map(|(room, words, to, how)| Step::Say { room, words, to, how }),
        2 => (0..99_usize, words()).prop_map(|(which, words)| Step::Edit { which, words }),
        2 => (0..99_usize).prop_map(|which| Step::Recall { which }),
        1 => (0..99_usize).prop_map(|which| Step::Burn { which }),
        1 => (0..99_usize, 0..PEOPLE).prop_map(|(which, who)| Step::Hide { which, who }),
        1 => (0..ROOMS, 0..PEOPLE).prop_map(|(room, who)| Step::Clear { room, who }),
        1 => (0..ROOMS, 0..PEOPLE).prop_map(|(room, who)| Step::Join { room, who }),
        1 => (0..ROOMS, 0..PEOPLE).prop_map(|(room, who)| Step::Leave { room, who }),
        3 => Just(Step::Feed),
        1 => Just(Step::Sweep),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(one, 4..30)
}

struct Said {
    room: usize,
    how: How,
    seq: Seq,
    words: Vec<usize>,
    to: Option<BTreeSet<usize>>,
    edits: Vec<Seq>,
    recalled: bool,
    hidden: BTreeSet<usize>,
}

/// A store, and what should be true of it.
struct Hall {
    store: Store,
    journal: SqliteJournal,
    queries: Queries,
    make: Maker,
    people: Vec<AccountId>,
    own: Vec<Head>,
    rooms: Vec<(StreamId, Head)>,
    members: Vec<BTreeSet<usize>>,
    said: Vec<Said>,
}

fn sent(how: How, words: &[usize], make: &Maker) -> AnyEvent {
    let words = text(words);
    let said = |text: &str, part| MessageSent {
        text: text.to_owned(),
        part,
        burn_ms: (how == How::Burning).then_some(5_000),
        ..MessageSent::default()
    };
    let body = match how {
        How::Plain | How::Burning => said(&words, None),
        How::Mail => {
            let part =
                Part::Mail { subject: words, attachments: vec![], to: vec![], answers: None };
            said("见正文", Some(Box::new(part)))
        }
        How::File => {
            let file = FileRef {
                blob: BlobId(make.stream(EntityKind::Room).id),
                name: format!("{words}.pdf"),
                bytes: 1,
                media_type: "application/pdf".to_owned(),
            };
            said("", Some(Box::new(Part::Document { file })))
        }
    };
    RoomEvent::from(body).into()
}

fn text(words: &[usize]) -> String {
    words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join("，")
}

impl Hall {
    async fn new() -> Self {
        let store = Store::new();
        let (journal, queries) = store.open().await;
        let make = Maker::new();
        let people: Vec<AccountId> = (0..PEOPLE).map(|_| make.account()).collect();
        let mut hall = Self {
            store,
            journal,
            queries,
            own: vec![Head::default(); PEOPLE],
            rooms: (0..ROOMS).map(|_| (make.stream(EntityKind::Room), Head::default())).collect(),
            members: vec![BTreeSet::from([0]); ROOMS],
            said: Vec::new(),
            make,
            people,
        };
        let owner = Member { account: hall.people[0], role: MemberRole::Owner };
        for room in 0..ROOMS {
            let name = format!("第{room}组");
            let created = RoomCreated { kind: RoomKind::Group, name, members: vec![owner] };
            hall.tell(room, RoomEvent::from(created), &[]).await;
        }
        hall
    }

    async fn put(&self, append: Append) {
        assert_eq!(self.journal.append(vec![append]).await, [Ok(())]);
    }

    /// An event of a room that removes the bodies of others; answers its number.
    async fn tell(&mut self, room: usize, event: RoomEvent, redactions: &[Seq]) -> Seq {
        let (stream, head) = &mut self.rooms[room];
        let mut append = self.make.append(*stream, head, &[event.into()]);
        append.redactions = redactions.to_vec();
        let seq = self.rooms[room].1.seq;
        self.put(append).await;
        seq
    }

    async fn say(&mut self, room: usize, words: Vec<usize>, to: Option<BTreeSet<usize>>) {
        self.say_so(room, words, to, How::Plain).await;
    }

    async fn say_so(
        &mut self,
        room: usize,
        words: Vec<usize>,
        to: Option<BTreeSet<usize>>,
        how: How,
    ) {
        let event = sent(how, &words, &self.make);
        let (stream, head) = &mut self.rooms[room];
        let before = head.hash;
        let mut append = self.make.append(*stream, head, &[event]);
        if let Some(to) = &to {
            let event = &mut append.events[0];
            event.audience = Some(to.iter().map(|who| self.people[*who]).collect());
            event.hash = event.chain(&before);
            head.hash = event.hash;
        }
        let seq = head.seq;
        self.put(append).await;
        let (edits, hidden) = (Vec::new(), BTreeSet::new());
        self.said.push(Said { room, how, seq, words, to, edits, recalled: false, hidden });
    }

    async fn take(&mut self, step: Step) {
        let some = |which: usize| which.checked_rem(self.said.len());
        match step {
            Step::Say { room, words, to, how } => self.say_so(room, words, to, how).await,
            Step::Edit { which, words } => {
                let whole = |n: &usize| !self.said[*n].recalled && self.said[*n].how == How::Plain;
                let Some(n) = some(which).filter(whole) else { return };
                let (room, seq) = (self.said[n].room, self.said[n].seq);
                let edit = MessageEdited { seq, text: text(&words) };
                let edit = self.tell(room, RoomEvent::from(edit), &[]).await;
                self.said[n].words = words;
                self.said[n].edits.push(edit);
            }
            Step::Recall { which } => {
                let Some(n) = some(which).filter(|n| !self.said[*n].recalled) else { return };
                let Said { room, seq, .. } = self.said[n];
                let mut gone = self.said[n].edits.clone();
                gone.push(seq);
                self.tell(room, RoomEvent::from(MessageRecalled { seq }), &gone).await;
                self.said[n].recalled = true;
            }
            Step::Burn { which } => {
                let burns =
                    |n: &usize| !self.said[*n].recalled && self.said[*n].how == How::Burning;
                let Some(n) = some(which).filter(burns) else { return };
                let Said { room, seq, .. } = self.said[n];
                self.tell(room, RoomEvent::from(MessageBurnt { seq }), &[seq]).await;
                self.said[n].recalled = true;
            }
            Step::Clear { room, who } => {
                let (stream, head) = self.rooms[room];
                let cleared = HistoryCleared { room: Some(RoomId(stream.id)), seq: Some(head.seq) };
                let event = AnyEvent::from(AccountEvent::from(cleared));
                let own = StreamId::from(self.people[who]);
                let append = self.make.append(own, &mut self.own[who], &[event]);
                for said in self.said.iter_mut().filter(|said| said.room == room) {
                    said.hidden.insert(who);
                }
                self.put(append).await;
            }
            Step::Hide { which, who } => {
                let Some(n) = some(which) else { return };
                let Said { room, seq, .. } = self.said[n];
                let hidden = MessageHidden { room: RoomId(self.rooms[room].0.id), seq };
                let event = AnyEvent::from(AccountEvent::from(hidden));
                let own = StreamId::from(self.people[who]);
                let append = self.make.append(own, &mut self.own[who], &[event]);
                self.said[n].hidden.insert(who);
                self.put(append).await;
            }
            Step::Join { room, who } => {
                if self.members[room].insert(who) {
                    let account = self.people[who];
                    let added = MemberAdded { account, role: MemberRole::Member };
                    self.tell(room, RoomEvent::from(added), &[]).await;
                }
            }
            Step::Leave { room, who } => {
                if self.members[room].remove(&who) {
                    let removed = MemberRemoved { account: self.people[who], left: true };
                    self.tell(room, RoomEvent::from(removed), &[]).await;
                }
            }
            Step::Feed => drop(self.queries.feed_search().await.unwrap()),
            Step::Sweep => drop(self.queries.sweep_search().await.unwrap()),
            Step::Reopen => self.reopen().await,
        }
    }

    async fn reopen(&mut self) {
        self.queries.close_search().await;
        self.journal.close().await.unwrap();
        (self.journal, self.queries) = self.store.open().await;
    }

    async fn found(&self, who: usize, word: usize) -> BTreeSet<(StreamId, Seq)> {
        let answer = self.queries.search(ask(self.people[who], WORDS[word])).await.unwrap();
        let marked = |hit: &protocol::search::Hit| hit.snippet.iter().any(|piece| piece.mark);
        assert!(answer.hits.iter().all(marked), "every hit shows why");
        let hits: Vec<_> = answer.hits.iter().map(|hit| (hit.stream, hit.seq)).collect();
        let found: BTreeSet<_> = hits.iter().copied().collect();
        assert_eq!(found.len(), hits.len(), "each once");
        found
    }

    fn allowed(&self, who: usize, word: usize) -> BTreeSet<(StreamId, Seq)> {
        let sees = |said: &&Said| {
            self.members[said.room].contains(&who)
                && !said.recalled
                && said.how != How::Burning
                && !said.hidden.contains(&who)
                && said.to.as_ref().is_none_or(|to| to.contains(&who))
                && said.words.contains(&word)
        };
        self.said.iter().filter(sees).map(|said| (self.rooms[said.room].0, said.seq)).collect()
    }

    async fn check(&self, is_fed: bool) {
        for who in 0..PEOPLE {
            for word in 0..WORDS.len() {
                let (found, allowed) = (self.found(who, word).await, self.allowed(who, word));
                assert!(found.is_subset(&allowed), "{who} finds {found:?} of {allowed:?}");
                assert!(!is_fed || found == allowed, "{who} misses some of {allowed:?}: {found:?}");
            }
        }
    }

    async fn feed(&self) {
        while self.queries.feed_search().await.unwrap().behind > 0 {}
    }
}

pub fn ask(asker: AccountId, text: &str) -> SearchRequest {
    SearchRequest {
        asker,
        text: text.to_owned(),
        kinds: vec![SearchKind::Message, SearchKind::Mail, SearchKind::File, SearchKind::Room],
        room: None,
        from: None,
        to: None,
        cursor: None,
        limit: 200,
        seen: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn nobody_finds_what_they_may_not_see(steps in steps()) {
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
async fn pages_follow_each_other_and_rooms_and_times_narrow() {
    let mut hall = Hall::new().await;
    for n in 0..40 {
        hall.say(n % ROOMS, vec![n % 2], None).await;
    }
    hall.feed().await;
    let (me, word) = (hall.people[0], WORDS[0]);
    let mut request = SearchRequest { limit: 7, ..ask(me, word) };
    let mut seqs = Vec::new();
    loop {
        let answer = hall.queries.search(request.clone()).await.unwrap();
        assert!(answer.hits.len() <= 7);
        seqs.extend(answer.hits.iter().map(|hit| hit.seq));
        let Some(next) = answer.next else { break };
        request.cursor = Some(next);
    }
    assert_eq!(seqs.len(), 20, "all of them, over three pages");
    assert!(seqs.is_sorted_by(|a, b| a > b), "the newest first: {seqs:?}");
    let at = |seq: Seq| 1_000 + seq as i64;
    let narrow = SearchRequest { from: Some(at(5)), to: Some(at(9)), ..ask(me, word) };
    let answer = hall.queries.search(narrow).await.unwrap();
    assert_eq!(answer.hits.len(), 4);
    assert_eq!(answer.places.len(), 1, "named once");
    let elsewhere = RoomId(hall.rooms[1].0.id);
    let elsewhere = SearchRequest { room: Some(elsewhere), ..ask(me, word) };
    assert!(hall.queries.search(elsewhere).await.unwrap().hits.is_empty());
    let nothing = hall.queries.search(ask(me, "！")).await.unwrap();
    assert!(nothing.hits.is_empty() && nothing.rooms.is_empty());
}

#[tokio::test]
async fn rooms_are_found_by_name_pinyin_and_initials() {
    let hall = Hall::new().await;
    for typed in ["第1组", "dizu", "dz", "组", "zu"] {
        let answer = hall.queries.search(ask(hall.people[0], typed)).await.unwrap();
        assert!(!answer.rooms.is_empty(), "{typed}");
        let answer = hall.queries.search(ask(hall.people[1], typed)).await.unwrap();
        assert!(answer.rooms.is_empty(), "a member of none");
    }
}

#[tokio::test]
async fn an_index_of_another_history_is_made_again() {
    let mut hall = Hall::new().await;
    for _ in 0..5 {
        hall.say(0, vec![0], None).await;
    }
    hall.feed().await;
    assert_eq!(search_position(&hall.store.path()), Some(7));
    // A backup comes back under an index that has seen more, and goes another way.
    hall.queries.close_search().await;
    hall.journal.close().await.unwrap();
    std::fs::remove_file(hall.store.path()).unwrap();
    (hall.journal, hall.queries) = hall.store.open().await;
    let owner = Member { account: hall.people[0], role: MemberRole::Owner };
    hall.rooms[0] = (hall.make.stream(EntityKind::Room), Head::default());
    hall.said.clear();
    let created =
        RoomCreated { kind: RoomKind::Group, name: "新的".to_owned(), members: vec![owner] };
    hall.tell(0, RoomEvent::from(created), &[]).await;
    for _ in 0..8 {
        hall.say(0, vec![1], None).await;
    }
    hall.feed().await;
    assert_eq!(hall.found(0, 0).await.len(), 0);
    assert_eq!(hall.found(0, 1).await.len(), 8);
}

/// An index as an older build has left it is made again, while the store is asked and written.
#[tokio::test]
async fn an_index_of_an_older_shape_is_made_again() {
    let mut hall = Hall::new().await;
    for _ in 0..5 {
        hall.say(0, vec![0], None).await;
    }
    hall.feed().await;
    hall.queries.close_search().await;
    hall.journal.close().await.unwrap();
    let meta = hall.store.path().with_extension("search").join("meta.json");
    let text = std::fs::read_to_string(&meta).unwrap();
    let older = text.replace(r#"\"format\":2"#, r#"\"format\":1"#);
    assert_ne!(older, text, "{text}");
    std::fs::write(&meta, older).unwrap();
    assert_eq!(search_position(&hall.store.path()), None);
    (hall.journal, hall.queries) = hall.store.open().await;
    assert_eq!(hall.found(0, 0).await.len(), 0, "asked before it is made: nothing, and no error");
    hall.say(0, vec![0], None).await;
    hall.feed().await;
    assert_eq!(hall.found(0, 0).await.len(), 6);
}

#[tokio::test]
async fn nothing_to_find_makes_no_files() {
    let store = Store::new();
    let (journal, queries) = store.open().await;
    let make = Maker::new();
    let stream = make.stream(EntityKind::Room);
    let created = RoomCreated { kind: RoomKind::Group, name: "空".to_owned(), members: vec![] };
    let event = RoomEvent::from(created).into();
    let mut head = Head::default();
    journal.append(vec![make.append(stream, &mut head, &[event])]).await[0].clone().unwrap();
    assert_eq!(queries.feed_search().await.unwrap().events, 1);
    assert_eq!(search_position(&store.path()), None);
    journal.append(vec![make.append(stream, &mut head, &[message("有了")])]).await[0]
        .clone()
        .unwrap();
    queries.feed_search().await.unwrap();
    assert_eq!(search_position(&store.path()), Some(2));
}
